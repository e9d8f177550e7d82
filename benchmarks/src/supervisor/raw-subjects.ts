import { runImportingFork } from './raw-fork.ts'
import { type RawResult, runBareWorker, runImportingWorker } from './raw-worker.ts'
import { nothingToClose, type Subject } from './subject.ts'
import type { TimedTask } from './timed-task.ts'

const rawSubject = (name: string, start: () => Promise<RawResult>): Subject => {
  let gone = Promise.resolve()
  return {
    name,
    isolates: true,
    queues: false,
    run: async () => {
      const result = await start()
      gone = result.gone
      return result.timing
    },
    settled: () => gone,
    close: nothingToClose,
  }
}

export const bareWorker = (): Subject => rawSubject('raw Worker, bare module', runBareWorker)

export const rawWorker = (task: TimedTask): Subject => rawSubject('raw Worker', () => runImportingWorker(0, task))

export const rawFork = (task: TimedTask): Subject => rawSubject('raw fork', () => runImportingFork(0, task))
