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
