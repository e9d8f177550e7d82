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
