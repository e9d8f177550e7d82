import type { JsonValue } from '../json-value.ts'
import type { StepMark, StepRecord, StepStatus } from '../step-record.ts'
import { errorRecord, freeText, integer, json, nullable, oneOf, real, text } from './column.ts'
import { columnList, insertInto, overwriteWithExcluded, type Table } from './table.ts'

export const stepTable: Table<StepRecord> = {
  name: 'steps',
  columns: {
    runId: text,
    step: integer,
    number: real,
    name: text,
    agent: text,
    status: oneOf(
      'pending',
      'queued',
      'running',
      'waiting',
      'completed',
      'failed',
      'skipped',
      'cancelled',
      'interrupted',
    ),
    round: integer,
    executionMode: nullable(oneOf('legacy', 'worker')),
    startedAt: nullable(integer),
    endedAt: nullable(integer),
    reason: nullable(freeText),
    feedback: nullable(freeText),
    result: nullable(json),
    error: nullable(errorRecord),
  },
}

/** Not read when steps are listed, because it may be large. */
export interface PlannedStep extends StepRecord {
  readonly task: JsonValue
  readonly memory: JsonValue | null
}
export const plannedStepTable: Table<PlannedStep> = {
  name: 'steps',
  columns: { ...stepTable.columns, task: nullable(json), memory: nullable(json) },
}

const { step, number, status, round, agent, executionMode } = stepTable.columns
export const stepMarkTable: Table<StepMark> = {
  name: 'steps',
  columns: { step, number, status, round, agent, executionMode, memory: plannedStepTable.columns.memory },
}
export const stepResultTable: Table<Pick<StepRecord, 'result'>> = {
  name: 'steps',
  columns: { result: stepTable.columns.result },
}
export const stepTaskTable: Table<Pick<PlannedStep, 'task'>> = {
  name: 'steps',
  columns: { task: plannedStepTable.columns.task },
}

const thisStep = 'WHERE run_id = :run_id AND step = :step'
/** In these very words: SQLite uses an index of a part only where its condition is repeated. */
const isOpen = "status NOT IN ('pending', 'completed', 'skipped')"

export const upsertStep: string = `${insertInto(stepTable)}
  ON CONFLICT (run_id, step) DO UPDATE SET ${overwriteWithExcluded(stepTable, ['runId', 'step'])}`
/** A new row as it is given; of a row that is there only these columns change. */
export function upsertStepColumns(columns: readonly string[]): string {
  const changes = columns.map((column) => `${column} = excluded.${column}`)
  return `${insertInto(plannedStepTable)} ON CONFLICT (run_id, step) DO UPDATE SET ${changes.join(', ')}`
}
export const endStepNow: string = `UPDATE steps SET ended_at = coalesce(ended_at, :at) ${thisStep}`
export const selectSteps: string = `SELECT ${columnList(stepTable)} FROM steps WHERE run_id = :run_id ORDER BY step`
export const selectStep: string = `SELECT ${columnList(stepTable)} FROM steps ${thisStep}`
export const selectStepMarks: string = `SELECT ${columnList(stepMarkTable)} FROM steps WHERE run_id = :run_id ORDER BY step`
export const selectStepMark: string = `SELECT ${columnList(stepMarkTable)} FROM steps ${thisStep}`
/** Positions in JSON. */
export const selectSomeMarks: string = `SELECT ${columnList(stepMarkTable)} FROM steps
  WHERE run_id = :run_id AND step IN (SELECT value FROM json_each(:steps)) ORDER BY step`
const notInIndex: ReadonlySet<StepStatus> = new Set(['pending', 'completed', 'skipped'])
/** A constant, for `StepStatus` has no quotes. */
export function selectStepsThatAre(status: StepStatus): string {
  const found = notInIndex.has(status) ? '' : ` AND ${isOpen}`
  return `SELECT step FROM steps WHERE run_id = :run_id AND status = '${status}'${found} ORDER BY step`
}
export const selectStepResult: string = `SELECT result FROM steps ${thisStep}`
export const selectStepTask: string = `SELECT task FROM steps ${thisStep}`
export const selectWaitingStep: string = `SELECT 1 AS found FROM steps
  WHERE run_id = :run_id AND status = 'waiting' AND ${isOpen} LIMIT 1`
export const startStep: string = `UPDATE steps SET status = 'running', started_at = :now, ended_at = NULL, error = NULL
  ${thisStep}`
/** Only of a step of which it was planned. */
export const executeOtherwise: string = `UPDATE steps SET execution_mode = :execution_mode, reason = :reason
  ${thisStep} AND execution_mode <> :execution_mode`
export const endStep: string = `UPDATE steps SET status = :status, ended_at = :ended_at, result = :result, error = :error
  ${thisStep}`
/** The error of the last attempt stays to be seen while the step waits for the next. */
export const waitAgain: string = `UPDATE steps SET status = 'queued', ended_at = NULL, error = coalesce(:error, error)
  ${thisStep}`
/** What a run that is cancelled will not come to any more. */
export const cancelOpenSteps = `UPDATE steps SET status = 'cancelled', ended_at = coalesce(ended_at, :at)
  WHERE run_id = :run_id AND status IN ('pending', 'waiting')`
export const deleteLaterSteps = 'DELETE FROM steps WHERE run_id = :run_id AND step > :step'
