import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { AgentSupervisor } from '../agent-supervisor.ts'
import type { Kind } from '../fixtures/orphans.ts'
import { isAlive, untilDead } from '../fixtures/processes.ts'
import { ChildRegistry } from './child-registry.ts'

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

test('a child that is said to have gone, and has not, still ends with its session', async () => {
  const children = new ChildRegistry()
  // Without the marker: only what is registered is killed.
  const child = spawn('sleep', ['600'], { stdio: 'ignore', detached: true })
  const exited = once(child, 'exit')
  const pid = child.pid ?? expect.fail('not started')
  children.add('a session', pid)
  children.remove('a session', pid)
  children.killAll('a session')
  expect(await exited).toEqual([null, 'SIGKILL'])
  await children.swept()
})
