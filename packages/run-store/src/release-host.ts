import type { ErrorRecord } from './error-record.ts'
import type { QueuedStep, StepReference } from './queued-step.ts'
import { readProgress } from './run-progress.ts'
import type { RunRecord, RunStatus } from './run-record.ts'
import { hasEnded } from './run-status.ts'
import type { SessionStatus } from './session-record.ts'
import { errorRecord } from './sql/column.ts'
import {
  endRun,
  endSessions,
  interruptRuns,
  interruptSteps,
  queueRun,
  releaseHeld,
  selectReleases,
  selectUnfinishedRuns,
} from './sql/interruption.ts'
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

/** A step that the host has claimed or holds. */
interface Entry extends Pick<QueuedStep, 'runId' | 'step'> {
  readonly runStatus: RunStatus
  readonly isToCancel: boolean
  readonly mayRepeat: boolean
  readonly hasSiblings: boolean
}

/** Ends or hands on all that a host left queued, held, claimed or running. Belongs in a transaction. */
export function releaseHost(context: StoreContext, release: Release): Released {
  const { database, records } = context
  const { bootId, at, sessionStatus, sessionCause, requeueAt } = release
  const ending = { boot_id: bootId, ended_at: at, status: sessionStatus, cause: sessionCause }
  const sessions = database.run(endSessions, ending)
  if (requeueAt !== null) database.run(releaseHeld, { held_by: bootId })
  const requeued: StepReference[] = []
  const ended = new Set<string>()
  for (const entry of database.rows(selectReleases, { held_by: bootId }).map(toEntry)) {
    const isRequeued = entry.hasSiblings ? releaseEntry(context, entry, release) : releaseLone(context, entry, release)
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

function toEntry(row: Readonly<Record<string, unknown>>): Entry {
  return {
    runId: String(row['run_id']),
    step: Number(row['step']),
    runStatus: row['status'] as RunStatus,
    isToCancel: row['is_to_cancel'] === 1,
    mayRepeat: row['may_repeat'] === 1,
    hasSiblings: row['has_siblings'] === 1,
  }
}

function isRepeated({ mayRepeat, isToCancel, runStatus }: Entry, { requeueAt }: Release): boolean {
  return requeueAt !== null && mayRepeat && !isToCancel && !hasEnded(runStatus)
}

/**
 * The usual case, with nothing to look up and one statement for each row that changes: thousands may be lost at one time.
 * Returns whether the step waits for another attempt.
 */
function releaseLone({ database, queue }: StoreContext, entry: Entry, release: Release): boolean {
  const { at, error, requeueAt } = release
  if (isRepeated(entry, release)) {
    queue.requeue(entry, requeueAt ?? at, null, error)
    database.run(queueRun, { run_id: entry.runId })
    return true
  }
  const status = entry.isToCancel ? 'cancelled' : 'interrupted'
  queue.end(entry, { status, endedAt: at, error })
  const end = { run_id: entry.runId, status, ended_at: at, error: errorRecord.encode(error) }
  if (hasEnded(entry.runStatus)) return false
  database.run(endRun, end)
  if (entry.isToCancel) queue.endWaiting(entry.runId, { status, endedAt: at, error })
  return false
}

/** Another of the run's steps may be at work elsewhere, or may just have ended the run. */
function releaseEntry(context: StoreContext, entry: Entry, release: Release): boolean {
  const { queue, records } = context
  const { runId } = entry
  const { at, error, requeueAt } = release
  const runStatus = records.readRun(runId).status
  if (isRepeated({ ...entry, runStatus }, release)) {
    queue.requeue(entry, requeueAt ?? at, null, error)
    records.patchRun(runId, { status: readProgress(context, runId).isRunning ? 'running' : 'queued' })
    return true
  }
  const status = entry.isToCancel ? 'cancelled' : 'interrupted'
  queue.end(entry, { status, endedAt: at, error })
  if (hasEnded(runStatus)) return false
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
