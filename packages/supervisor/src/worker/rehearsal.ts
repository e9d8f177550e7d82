import { createTaskContext } from './task-context.ts'
import { prepareUsage } from './usage.ts'
import { assertValueFits } from './value-limits.ts'
import type { WorkerChannel } from './worker-channel.ts'

/**
 * Runs what the start and the end of a task will run, and has the supervisor say something. V8 compiles a function when it is
 * first called: a spare that has time does that before its task, whose way there and back it makes 0.6 ms shorter (Node 26).
 */
export const rehearse = (channel: WorkerChannel, workerId: string, readUsage: () => unknown): void => {
  const { signal } = new AbortController()
  const nothing = { sessionId: workerId, attempt: 1, lastCheckpoint: undefined, artifactFolder: null }
  createTaskContext({ ...nothing, workerId, signal, send: () => {} })
  assertValueFits('result', { rehearsed: [workerId] })
  prepareUsage()
  readUsage()
  channel.ask()
}
