import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { now } from '../common/clock.ts'
import { type TimedTask, type Timing, timedTask } from './timed-task.ts'

const bareWorker = new URL('../fixtures/bare-worker.mjs', import.meta.url)
const importingWorker = new URL('../fixtures/importing-worker.mjs', import.meta.url)

export interface RawResult {
  readonly timing: Timing
  readonly receivedAt: number
  /** Resolves when the thread is gone. */
  readonly gone: Promise<void>
}

/** A thread whose module posts a message at its first line. */
export const runBareWorker = (): Promise<RawResult> => receive(new Worker(bareWorker))

/** A thread that imports the task's module and runs its export. */
export const runImportingWorker = (waitMs: number, task: TimedTask = timedTask): Promise<RawResult> => {
  const workerData = { module: task.module, name: task.export, input: { waitMs } }
  return receive(new Worker(importingWorker, { workerData }))
}

const receive = async (worker: Worker): Promise<RawResult> => {
  const exited = once(worker, 'exit')
  const [timing] = (await once(worker, 'message')) as [Timing]
  const receivedAt = now()
  const gone = worker.terminate().then(async () => void (await exited))
  return { timing, receivedAt, gone }
}
