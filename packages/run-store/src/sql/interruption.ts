import { runTable } from './run-table.ts'
import { columnList } from './table.ts'

/** Ends what one host left queued or running; steps before runs, because the runs say whose steps they are. */
const unfinished = "status IN ('queued', 'running')"

export const selectUnfinishedRuns: string = `SELECT ${columnList(runTable)} FROM runs
  WHERE boot_id = :boot_id AND ${unfinished} ORDER BY created_at, sequence`

export const interruptSteps: string = `UPDATE steps SET status = 'interrupted', ended_at = :ended_at, error = :error
  WHERE ${unfinished} AND run_id IN (SELECT run_id FROM runs WHERE boot_id = :boot_id AND ${unfinished})`

export const interruptRuns: string = `UPDATE runs SET status = 'interrupted', ended_at = :ended_at, error = :error
  WHERE boot_id = :boot_id AND ${unfinished}`

export const endSessions: string = `UPDATE sessions SET status = :status, cause = coalesce(cause, :cause), ended_at = :ended_at
  WHERE boot_id = :boot_id AND ${unfinished}`
