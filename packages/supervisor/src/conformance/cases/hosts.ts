import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { isAlive, untilDead } from '../../fixtures/processes.ts'
import type { CaseGroup } from '../conformance-case.ts'

const host = fileURLToPath(new URL('../../fixtures/host.ts', import.meta.url))

export const hosts: CaseGroup = {
  title: 'host',
  cases: [
    {
      title: 'an idle worker does not outlive a host that was killed',
      run: async ({ tier }) => {
        const running = spawn(process.execPath, ['--conditions=@mayfly/source', '--no-warnings', host, tier.name], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        const [said] = (await once(running.stdout, 'data')) as [Buffer]
        const workerPid = Number(said.toString())
        expect(isAlive(workerPid)).toBe(true)
        expect(workerPid === running.pid).toBe(tier.name !== 'process')
        running.kill('SIGKILL')
        await untilDead([workerPid])
      },
    },
  ],
}
