import { expect, test } from 'vitest'
import { AgentSupervisor } from '../agent-supervisor.ts'
import type { Kind } from '../fixtures/orphans.ts'
import { isAlive, untilDead } from '../fixtures/processes.ts'

const orphans = new URL('../fixtures/orphans.ts', import.meta.url).href

// In a file, and so in a process, of its own: a child process that another test has left would be reason enough to look.
test('the end of one session does not hide what another one has left', async () => {
  const daemon = Promise.withResolvers<number>()
  const supervisor = new AgentSupervisor({ heapLimitMb: 128 })
  const task = (name: string, input: Kind) => ({ handler: { module: orphans, export: name }, input })
  const onProgress = (pid: unknown): void => daemon.resolve(Number(pid))
  const long = supervisor.submit(task('hold', 'daemon'), { onProgress, graceMs: 0 })
  await daemon.promise
  const ended = Promise.withResolvers<void>()
  supervisor.on('session', (_id, state) => state === 'ended' && ended.resolve())
  await supervisor.run(task('leave', 'nothing'))
  await ended.promise
  // The sweep for it comes a turn later.
  await new Promise(setImmediate)
  long.cancel()
  await untilDead([await daemon.promise])
  expect(isAlive(await daemon.promise)).toBe(false)
  await supervisor.destroy()
})
