import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { now } from '../common/clock.ts'
import type { RawResult } from './raw-worker.ts'
import type { TimedTask, Timing } from './timed-task.ts'

const importingFork = fileURLToPath(new URL('../fixtures/importing-fork.mjs', import.meta.url))

/** A forked process that imports the task's module and runs its export. */
export const runImportingFork = async (waitMs: number, task: TimedTask): Promise<RawResult> => {
  const child = fork(importingFork, { serialization: 'advanced', execArgv: [] })
  const exited = once(child, 'exit')
  child.send({ module: task.module, name: task.export, input: { waitMs } })
  const [timing] = (await once(child, 'message')) as [Timing]
  const receivedAt = now()
  child.kill('SIGKILL')
  return { timing, receivedAt, gone: exited.then(() => {}) }
}
