import type { StepRecord } from '../step-record.ts'
import { errorRecord, integer, json, nullable, text } from './column.ts'
import { runStatus } from './run-table.ts'
import { columnList, insertInto, overwriteWithExcluded, type Table } from './table.ts'

export const stepTable: Table<StepRecord> = {
  name: 'steps',
  columns: {
    runId: text,
    step: integer,
    name: text,
    agent: text,
    status: runStatus,
    startedAt: nullable(integer),
    endedAt: nullable(integer),
    result: nullable(json),
    error: nullable(errorRecord),
  },
}

export const upsertStep: string = `${insertInto(stepTable)}
  ON CONFLICT (run_id, step) DO UPDATE SET ${overwriteWithExcluded(stepTable, ['runId', 'step'])}`
export const selectSteps: string = `SELECT ${columnList(stepTable)} FROM steps WHERE run_id = :run_id ORDER BY step`
export const selectStep: string = `SELECT ${columnList(stepTable)} FROM steps WHERE run_id = :run_id AND step = :step`
export const startStep = `UPDATE steps SET status = 'running', started_at = :now, ended_at = NULL, error = NULL
  WHERE run_id = :run_id AND step = :step`
export const endStep = `UPDATE steps SET status = :status, ended_at = :ended_at, result = :result, error = :error
  WHERE run_id = :run_id AND step = :step`
/** The error of the last attempt stays to be seen while the step waits for the next. */
export const waitAgain = `UPDATE steps SET status = 'queued', ended_at = NULL, error = coalesce(:error, error)
  WHERE run_id = :run_id AND step = :step`
export const deleteLaterSteps = 'DELETE FROM steps WHERE run_id = :run_id AND step > :step'
