import type { RunStatus } from './run-record.ts'
import { selectProgress } from './sql/queue-table.ts'
import { selectWaitingStep } from './sql/step-table.ts'
import type { StoreContext } from './store-context.ts'

/** What of a run goes on. */
export interface RunProgress {
  /** An attempt is at work. */
  readonly isRunning: boolean
  /** A step is in the queue. */
  readonly isQueued: boolean
  /** A step waits for somebody. */
  readonly isWaiting: boolean
}

export function readProgress({ database }: StoreContext, runId: string): RunProgress {
  const row = database.row(selectProgress, { run_id: runId })
  return {
    isRunning: row?.['is_running'] === 1,
    isQueued: row?.['is_queued'] === 1,
    isWaiting: database.row(selectWaitingStep, { run_id: runId }) !== undefined,
  }
}

/** The status of a run of which something goes on. */
export function statusOf({ isRunning, isQueued, isWaiting }: RunProgress): RunStatus | undefined {
  if (isRunning) return 'running'
  if (isQueued) return 'queued'
  return isWaiting ? 'waiting' : undefined
}
