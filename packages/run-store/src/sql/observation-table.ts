import type { ObservationRecord } from '../observation-record.ts'
import { integer, nullable, oneOf, real, text } from './column.ts'
import { runStatus } from './run-table.ts'
import { columnList, insertInto, type Table } from './table.ts'

export const observationTable: Table<ObservationRecord> = {
  name: 'observations',
  columns: {
    workflow: text,
    step: integer,
    agent: text,
    executionMode: oneOf('legacy', 'worker'),
    status: runStatus,
    durationMs: real,
    peakHeapMb: nullable(real),
    at: integer,
    runId: text,
  },
}

export const insertObservation: string = insertInto(observationTable)
export const selectObservations: string = `SELECT ${columnList(observationTable)} FROM observations
  WHERE (:workflow IS NULL OR workflow = :workflow)
    AND (:step IS NULL OR step = :step)
    AND (:agent IS NULL OR agent = :agent)
  ORDER BY at DESC, sequence DESC LIMIT :limit`
