import { UsageError } from '../errors.ts'
import type { StoreDesk } from './store-desk.ts'

/** Whose run it is, and what makes its caller not want it any more. */
export interface WantedRun {
  readonly runId: string
  /** The run is this caller's: when the caller does not want it any more it is cancelled. */
  readonly isOwn: boolean
  readonly signal?: AbortSignal | undefined
}

/** The caller does not want it any more. A run of another caller goes on without this one. */
export const requestEnd = async (desk: StoreDesk, { runId, isOwn, signal }: WantedRun): Promise<void> => {
  if (!isOwn) throw signal?.reason
  const reason: unknown = signal?.reason
  await desk.store.requestCancel(runId, reason instanceof Error ? reason.message : String(reason))
}

/**
 * What waits here is marked as interrupted when all that ran has ended; what is others' goes on without this process.
 * @param wasInterrupted whether that was so before the run was looked at: else it has to be looked at once more.
 */
export const leaveRun = async (desk: StoreDesk, runId: string, wasInterrupted: boolean): Promise<void> => {
  if (wasInterrupted) throw closed(runId)
  await desk.interrupted
}

const closed = (runId: string): UsageError =>
  new UsageError('ORCHESTRATOR_CLOSED', `The orchestrator is shutting down; run ${runId} goes on without it.`)
