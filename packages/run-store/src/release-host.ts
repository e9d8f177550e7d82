import type { ErrorRecord } from './error-record.ts'
import type { QueuedStep, StepReference } from './queued-step.ts'
import type { RunRecord } from './run-record.ts'
import { hasEnded } from './run-status.ts'
import type { SessionStatus } from './session-record.ts'
import { errorRecord } from './sql/column.ts'
import { endSessions, interruptRuns, interruptSteps, releaseHeld, selectUnfinishedRuns } from './sql/interruption.ts'
import { queueTable, selectQueueOfHost } from './sql/queue-table.ts'
import { runTable } from './sql/run-table.ts'
import type { StoreContext } from './store-context.ts'

export interface Release {
  /** The host whose unfinished work is taken from it. */
  readonly bootId: string
  /** Whole milliseconds since the epoch. */
  readonly at: number
  readonly error: ErrorRecord
  readonly sessionStatus: SessionStatus
  readonly sessionCause: string
  /**
   * Queues repeatable steps with attempts left again, not before this time, and what the host only held at once;
   * `null` interrupts all of it.
   */
  readonly requeueAt: number | null
}

export interface Released {
  readonly sessions: number
  readonly requeued: readonly StepReference[]
  readonly interrupted: readonly RunRecord[]
  readonly cancelled: readonly RunRecord[]
}

/** Ends or hands on all that a host left queued, held, claimed or running. Belongs in a transaction. */
export function releaseHost(context: StoreContext, release: Release): Released {
  const { database, records } = context
  const { bootId, at, sessionStatus, sessionCause, requeueAt } = release
  const sessions = database.run(endSessions, {
    boot_id: bootId,
    ended_at: at,
    status: sessionStatus,
    cause: sessionCause,
  })
  if (requeueAt !== null) database.run(releaseHeld, { held_by: bootId })
  const requeued: StepReference[] = []
  const ended = new Set<string>()
  for (const entry of database.list(queueTable, selectQueueOfHost, { held_by: bootId })) {
    const isRequeued = releaseEntry(context, entry, release)
    if (isRequeued) requeued.push({ runId: entry.runId, step: entry.step, status: 'queued' })
    else ended.add(entry.runId)
  }
  const runs = [...ended].map((runId) => records.readRun(runId))
  const past = interruptPastQueue(context, release)
  return {
    sessions,
    requeued,
    interrupted: [...runs.filter(({ status }) => status === 'interrupted'), ...past],
    cancelled: runs.filter(({ status }) => status === 'cancelled'),
  }
}

/** Whether the step waits for another attempt. */
function releaseEntry(context: StoreContext, entry: QueuedStep, { at, error, requeueAt }: Release): boolean {
  const { queue, records } = context
  const { runId, repeatable, attempt, maxAttempts } = entry
  const run = records.readRun(runId)
  const isCancelled = run.cancelRequestedAt !== null
  if (requeueAt !== null && repeatable && attempt < maxAttempts && !isCancelled && !hasEnded(run.status)) {
    queue.requeue(entry, requeueAt, null, error)
    const isElsewhere = queue.entries(runId).some(({ state }) => state === 'claimed')
    records.patchRun(runId, { status: isElsewhere ? 'running' : 'queued' })
    return true
  }
  const status = isCancelled ? 'cancelled' : 'interrupted'
  queue.end(entry, { status, endedAt: at, error })
  // Another of its steps may have ended it before.
  if (hasEnded(run.status)) return false
  queue.endWaiting(runId, { status, endedAt: at, error })
  records.patchRun(runId, { status, endedAt: at, error })
  return false
}

/** Runs that were written past the queue go with their owner. */
function interruptPastQueue({ database }: StoreContext, { bootId, at, error }: Release): readonly RunRecord[] {
  const unfinished = database.list(runTable, selectUnfinishedRuns, { boot_id: bootId })
  if (unfinished.length === 0) return []
  const end = { boot_id: bootId, ended_at: at, error: errorRecord.encode(error) }
  database.run(interruptSteps, end)
  database.run(interruptRuns, end)
  return unfinished.map((run) => ({ ...run, status: 'interrupted', endedAt: at, error }))
}
