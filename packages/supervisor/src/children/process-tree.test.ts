import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test, vi } from 'vitest'
import { ownProcesses } from './own-processes.ts'
import { killOwnChildrenSync, killTree, ownChildren, signalGroup } from './process-tree.ts'

afterEach(() => void vi.restoreAllMocks())

const refuseWith = (code: string): void => {
  vi.spyOn(process, 'kill').mockImplementation(() => {
    throw Object.assign(new Error(`kill ${code}`), { code })
  })
}

// Only the kernel's answer is made up: a process of another user is not to be had in every place where tests run.
test.each(['ESRCH', 'EPERM'])('a process that answers %s does not stop the end of its session', (code) => {
  refuseWith(code)
  expect(() => killTree(process.pid)).not.toThrow()
  expect(() => signalGroup(process.pid, 'SIGKILL')).not.toThrow()
})

test('the supervisor’s own helpers are not among the children that an exit hook ends', async () => {
  const [helper, child] = [0, 1].map(() => spawn('sleep', ['600'], { stdio: 'ignore' }))
  ownProcesses.add(Number(helper?.pid))
  expect(ownChildren()).toContain(child?.pid)
  expect(ownChildren()).not.toContain(helper?.pid)
  killOwnChildrenSync()
  expect(await once(child as never, 'exit')).toEqual([null, 'SIGKILL'])
  expect(helper?.signalCode).toBe(null)
  helper?.kill('SIGTERM')
  expect(await once(helper as never, 'exit')).toEqual([null, 'SIGTERM'])
  ownProcesses.delete(Number(helper?.pid))
})
