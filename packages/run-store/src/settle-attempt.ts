import type { AttemptEnd } from './attempt-end.ts'
import type { AttemptReference } from './claim.ts'
import type { Follow, Following } from './follow.ts'
import { followRun } from './follow-run.ts'
import type { QueuedStep } from './queued-step.ts'
import { readProgress, statusOf } from './run-progress.ts'
import type { RunPatch, RunRecord } from './run-record.ts'
import { hasEnded } from './run-status.ts'
import { NO_USAGE_REPORTED, type SessionRecord, type SessionUsage } from './session-record.ts'
import { deleteChildrenOfSession } from './sql/child-table.ts'
import { queueTable, selectQueuedStep } from './sql/queue-table.ts'
import { selectSession, sessionTable } from './sql/session-table.ts'
import type { StoreContext } from './store-context.ts'
import { StoreFencedError } from './store-error.ts'

interface FollowedEnd extends AttemptEnd {
  readonly follow: Follow | undefined
}

/** Writes the end of an attempt and all that follows from it, within the caller's transaction. */
export function settleWithin(
  context: StoreContext,
  attempt: AttemptReference,
  end: AttemptEnd,
  follow?: Follow,
): RunRecord {
  const entry = assertClaimed(context, attempt)
  const run = context.records.readRun(attempt.runId)
  const at = end.session.endedAt ?? context.now()
  endSession(context, attempt, end, at)
  putRecords(context, attempt, end)
  moveOn(context, entry, run, { ...end, follow }, at)
  return context.records.readRun(attempt.runId)
}

/** The entry of an attempt that is still this store's. Throws `StoreFencedError`. */
export function assertClaimed({ database, host }: StoreContext, attempt: AttemptReference): QueuedStep {
  const { runId, step, sessionId } = attempt
  const entry = database.list(queueTable, selectQueuedStep, { run_id: runId, step })[0]
  const isOwn = entry?.state === 'claimed' && entry.heldBy === host.bootId
  if (entry !== undefined && isOwn && entry.attempt === attempt.attempt && entry.sessionId === sessionId) return entry
  const found = entry === undefined ? 'is not on record' : `is at attempt ${entry.attempt}, ${entry.state}`
  throw new StoreFencedError(
    host.bootId,
    `no longer has attempt ${attempt.attempt} of step ${step} of run ${runId}, which ${found}`,
  )
}

function endSession(
  { database, records }: StoreContext,
  { sessionId }: AttemptReference,
  { session }: AttemptEnd,
  endedAt: number,
): void {
  const [started] = database.list(sessionTable, selectSession, { session_id: sessionId })
  const { runId, step, attempt, createdAt } = started as SessionRecord
  const usage = reportedUsage(started as SessionRecord, session)
  const named = { sessionId, runId, step, attempt, createdAt }
  records.putSession({ ...(started as SessionRecord), endedAt, ...session, ...usage, ...named })
  database.run(deleteChildrenOfSession, { session_id: sessionId })
}

/** What was reported while it ran stays, where its end does not say more. */
function reportedUsage(started: SessionUsage, end: Partial<SessionUsage>): SessionUsage {
  const fields = Object.keys(NO_USAGE_REPORTED) as (keyof SessionUsage)[]
  return Object.fromEntries(fields.map((field) => [field, end[field] ?? started[field]])) as unknown as SessionUsage
}

function putRecords({ records }: StoreContext, { runId, step }: AttemptReference, end: AttemptEnd): void {
  for (const artifact of end.artifacts ?? []) records.putArtifact({ ...artifact, runId, step })
  if (end.observation !== undefined) records.putObservation({ ...end.observation, runId, step })
  for (const event of end.events ?? []) records.putEvent(event)
}

/** The step goes back to the queue or ends; what comes next is queued; the run's status follows. */
function moveOn(context: StoreContext, entry: QueuedStep, run: RunRecord, end: FollowedEnd, at: number): void {
  const { queue, records, host } = context
  const { status, result = null, error = null } = end.step
  // A run that has ended meanwhile, or is to be cancelled, gets nothing more to do.
  const goesOn = run.cancelRequestedAt === null && !hasEnded(run.status)
  const retry = goesOn && entry.attempt < entry.maxAttempts ? end.retry : undefined
  if (retry === undefined) queue.end(entry, { status, endedAt: at, result, error })
  else queue.requeue(entry, retry.notBefore, retry.hold ? host.bootId : null, error)
  if (goesOn) for (const next of end.next ?? []) queue.enqueue(run, next, end.holdNext ? host.bootId : null)

  const isFollowed = retry === undefined && end.follow !== undefined
  const patch = isFollowed
    ? followedPatch(context, run, end, followRun(context, run, end.follow, { at, goesOn }), at)
    : { ...followingStatus(context, run, end, retry !== undefined, at), ...end.run }
  records.patchRun(run.runId, patch)
  if (patch.status !== undefined && hasEnded(patch.status))
    queue.endWithRun(run.runId, patch.status, patch.error ?? null, at)
}

/** What the run comes to when nobody says otherwise. */
function followingStatus(
  context: StoreContext,
  run: RunRecord,
  { step, retry, next = [] }: AttemptEnd,
  isRetried: boolean,
  at: number,
): RunPatch {
  if (hasEnded(run.status)) return {}
  const { isRunning, isQueued } = readProgress(context, run.runId)
  const wantsMore = retry !== undefined || next.length > 0 || isQueued
  const isCutShort = run.cancelRequestedAt !== null && wantsMore && !isRunning
  const goesOn = isRetried || step.status === 'completed' || step.status === 'waiting'
  if (goesOn && isRunning) return { status: 'running' }
  if (goesOn && isQueued && !isCutShort) return { status: 'queued' }
  if (step.status === 'waiting' && !isCutShort) return { status: 'waiting' }
  return { status: isCutShort ? 'cancelled' : step.status, endedAt: at, error: step.error ?? null }
}

/** What it comes to by what was decided inside the transaction; a run that has ended keeps its end. */
function followedPatch(
  context: StoreContext,
  run: RunRecord,
  end: AttemptEnd,
  { run: decided = {} }: Following,
  at: number,
): RunPatch {
  const { status: asked, endedAt, error, ...others } = { ...end.run, ...decided }
  if (hasEnded(run.status)) return others
  const progress = readProgress(context, run.runId)
  // Nobody is left who could heed the request to cancel.
  const isCutShort = run.cancelRequestedAt !== null && !progress.isRunning
  const status = asked ?? (isCutShort ? 'cancelled' : (statusOf(progress) ?? end.step.status))
  if (!hasEnded(status)) return { ...others, status }
  return { ...others, status, endedAt: endedAt ?? at, error: error ?? end.step.error ?? null }
}
