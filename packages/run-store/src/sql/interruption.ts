import { runTable } from './run-table.ts'
import { columnList } from './table.ts'

/** Ends what one host left unfinished past the queue; steps before runs, because the runs say whose steps they are. */
const unfinished = "status IN ('queued', 'running')"
const pastQueue = `boot_id = :boot_id AND ${unfinished}
  AND NOT EXISTS (SELECT 1 FROM queue WHERE queue.run_id = runs.run_id)`

export const selectUnfinishedRuns: string = `SELECT ${columnList(runTable)} FROM runs
  WHERE ${pastQueue} ORDER BY created_at, sequence`

export const interruptSteps: string = `UPDATE steps SET status = 'interrupted', ended_at = :ended_at, error = :error
  WHERE ${unfinished} AND run_id IN (SELECT run_id FROM runs WHERE ${pastQueue})`

export const interruptRuns: string = `UPDATE runs SET status = 'interrupted', ended_at = :ended_at, error = :error
  WHERE ${pastQueue}`

export const endSessions: string = `UPDATE sessions SET status = :status, cause = coalesce(cause, :cause), ended_at = :ended_at
  WHERE boot_id = :boot_id AND ${unfinished}`

/** What never started can always start, wherever. */
export const releaseHeld = "UPDATE queue SET held_by = NULL WHERE held_by = :held_by AND state = 'queued'"

/** What a host has claimed or holds, with all that decides what becomes of it. */
export const selectReleases = `SELECT run_id, step, runs.status, cancel_requested_at IS NOT NULL AS is_to_cancel,
    state = 'claimed' AND repeatable AND attempt < max_attempts AS may_repeat,
    EXISTS (SELECT 1 FROM queue AS other WHERE other.run_id = queue.run_id AND other.step <> queue.step) AS has_siblings
  FROM queue JOIN runs USING (run_id) WHERE held_by = :held_by ORDER BY priority DESC, position`

/** For the one step that its run has. */
export const queueRun = "UPDATE runs SET status = 'queued' WHERE run_id = :run_id"
export const endRun = 'UPDATE runs SET status = :status, ended_at = :ended_at, error = :error WHERE run_id = :run_id'
