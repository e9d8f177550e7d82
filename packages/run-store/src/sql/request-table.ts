import type { JsonValue } from '../json-value.ts'
import { json, nullable } from './column.ts'
import type { Table } from './table.ts'

/**
 * Apart from `runs`, whose rows change twice with every step: SQLite writes a changed row as a whole, and the request of a whole
 * run holds its plan. Beside it, a step of a chain of 1,000 wrote 970 kB, of which 800 were for that.
 */
export const requestTable: Table<{ readonly request: JsonValue | null }> = {
  name: 'run_requests',
  columns: { request: nullable(json) },
}

export const insertRequest = 'INSERT INTO run_requests (run_id, request) VALUES (:run_id, :request)'
/** A row for every run that is there. */
export const selectRequest = `SELECT request FROM runs LEFT JOIN run_requests USING (run_id)
  WHERE runs.run_id = :run_id`

/** Of migration 5. */
export const createRequests = `
CREATE TABLE run_requests (
  run_id TEXT PRIMARY KEY REFERENCES runs (run_id) ON DELETE CASCADE,
  request TEXT NOT NULL
) STRICT;
INSERT INTO run_requests SELECT run_id, request FROM runs WHERE request IS NOT NULL;
ALTER TABLE runs DROP COLUMN request;
`
