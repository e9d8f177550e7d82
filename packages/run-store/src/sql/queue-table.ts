import type { CancelRequest } from '../cancel-request.ts'
import type { QueuedStep, QueueState } from '../queued-step.ts'
import { flag, freeText, integer, nullable, oneOf, real, text } from './column.ts'
import { isLeaseGood } from './host-table.ts'
import { columnList, insertInto, overwriteWithExcluded, type Table } from './table.ts'
import { isWorkspaceBusy } from './workspace-table.ts'

export const queueTable: Table<QueuedStep> = {
  name: 'queue',
  columns: {
    runId: text,
    step: integer,
    state: oneOf('queued', 'claimed', 'ended'),
    priority: integer,
    notBefore: integer,
    deadlineAt: nullable(integer),
    repeatable: flag,
    attempt: integer,
    maxAttempts: integer,
    memoryMb: nullable(real),
    concurrencyKey: nullable(text),
    heldBy: nullable(text),
    sessionId: nullable(text),
    committedMb: real,
    workspace: nullable(text),
  },
}

const selectQueue = `SELECT ${columnList(queueTable)} FROM queue`
const inOrder = 'ORDER BY priority DESC, position'
const thisStep = 'WHERE run_id = :run_id AND step = :step'

/** A step that is queued again counts its attempts on, and stands where it stood. */
export const enqueueStep: string = `${insertInto(queueTable)} ON CONFLICT (run_id, step) DO UPDATE
  SET ${overwriteWithExcluded(queueTable, ['runId', 'step', 'attempt', 'maxAttempts', 'sessionId'])},
    max_attempts = attempt + excluded.max_attempts`
export const requeueStep: string = `UPDATE queue SET state = 'queued', not_before = :not_before, held_by = :held_by, committed_mb = 0
  ${thisStep}`
export const reopenStep: string = `UPDATE queue SET state = 'queued', not_before = 0, deadline_at = NULL, held_by = :held_by,
    max_attempts = attempt + :attempts
  ${thisStep}`
export const claimStep: string = `UPDATE queue SET state = 'claimed', held_by = :held_by, session_id = :session_id,
    attempt = attempt + 1, committed_mb = :committed_mb
  ${thisStep}`
export const endQueuedStep: string = `UPDATE queue SET state = 'ended', held_by = NULL, committed_mb = 0 ${thisStep}`

export const selectQueuedStep: string = `${selectQueue} ${thisStep}`
export const selectQueueOfRun: string = `${selectQueue} WHERE run_id = :run_id ORDER BY step`
export const selectQueuedOfRun: string = `${selectQueue} WHERE run_id = :run_id AND state = 'queued' ORDER BY step`
export const selectProgress = `SELECT
  EXISTS (SELECT 1 FROM queue WHERE run_id = :run_id AND state = 'claimed') AS is_running,
  EXISTS (SELECT 1 FROM queue WHERE run_id = :run_id AND state = 'queued') AS is_queued`
/** Only what is asked about stands in it: `(:state IS NULL OR state = :state)` would keep SQLite from every index. */
export function selectQueueEntries(runId: string | undefined, state: QueueState | undefined): string {
  const asked = [
    ...(runId === undefined ? [] : ['run_id = :run_id']),
    // A constant, as in the condition of an index; `QueueState` has no quotes.
    ...(state === undefined ? [] : [`state = '${state}'`]),
  ]
  return `${selectQueue} ${asked.length > 0 ? `WHERE ${asked.join(' AND ')}` : ''} ${inOrder} LIMIT :limit`
}

/** What this host may claim at all. */
const isMine = "state = 'queued' AND (held_by IS NULL OR held_by = :boot_id)"

const claimedBeside = `SELECT count(*) FROM queue AS other JOIN hosts AS h ON h.boot_id = other.held_by
  WHERE other.state = 'claimed' AND other.concurrency_key = queue.concurrency_key AND (h.boot_id = :boot_id OR ${isLeaseGood})`

/** The first step that may begin, memory apart; what asks for more than there is in all could wait for ever and is passed over. */
const isNext = `${isMine} AND not_before <= :now
  AND (:memory_mb IS NULL OR coalesce(memory_mb, :default_mb) <= :memory_mb)
  AND (:per_key IS NULL OR concurrency_key IS NULL OR (${claimedBeside}) < :per_key)
  AND NOT ${isWorkspaceBusy}`

export const selectNext: string = `${selectQueue} WHERE ${isNext} ${inOrder} LIMIT 1`
export const selectNextOfRun: string = `${selectQueue} WHERE run_id = :run_id AND ${isNext} ${inOrder} LIMIT 1`
export const selectNextStep: string = `${selectQueue} ${thisStep} AND ${isNext}`

/** What waits although no step is next, and until when. */
export const selectWaiting: string = `SELECT
    count(*) FILTER (WHERE not_before <= :now) AS due,
    count(*) FILTER (WHERE not_before <= :now AND coalesce(memory_mb, :default_mb) > :memory_mb) AS too_large,
    count(*) FILTER (WHERE not_before <= :now AND (:memory_mb IS NULL OR coalesce(memory_mb, :default_mb) <= :memory_mb)
      AND ${isWorkspaceBusy}) AS shut_out,
    min(not_before) FILTER (WHERE not_before > :now) AS next_at
  FROM queue WHERE ${isMine} AND (:run_id IS NULL OR run_id = :run_id) AND (:step IS NULL OR step = :step)`

export const selectUsage: string = `SELECT
    count(*) AS workers,
    coalesce(sum(committed_mb), 0) AS memory_mb
  FROM queue JOIN hosts AS h ON h.boot_id = queue.held_by
  WHERE queue.state = 'claimed' AND (h.boot_id = :boot_id OR ${isLeaseGood})`
export const countQueued = "SELECT count(*) AS queued FROM queue WHERE state = 'queued'"

export const cancelRequestTable: Table<CancelRequest> = {
  name: 'runs',
  columns: {
    runId: text,
    step: integer,
    attempt: integer,
    sessionId: text,
    reason: freeText,
    requestedAt: integer,
  },
}

export const selectCancelRequests = `SELECT run_id, step, attempt, session_id, cancel_reason AS reason,
    cancel_requested_at AS requested_at
  FROM runs INDEXED BY runs_to_cancel JOIN queue USING (run_id)
  WHERE cancel_requested_at IS NOT NULL AND status IN ('queued', 'running')
    AND queue.state = 'claimed' AND queue.held_by = :boot_id
  ORDER BY cancel_requested_at, run_id, step`
