import type { JsonValue } from '../json-value.ts'
import { json } from './column.ts'
import type { Table } from './table.ts'

/** Apart from `runs`, whose rows change with every step: SQLite writes a changed row as a whole, and a state may be large. */
export const runStateTable: Table<{ readonly state: JsonValue }> = { name: 'run_states', columns: { state: json } }

export const upsertRunState = `INSERT INTO run_states (run_id, state) VALUES (:run_id, :state)
  ON CONFLICT (run_id) DO UPDATE SET state = excluded.state`
export const selectRunState = 'SELECT state FROM run_states WHERE run_id = :run_id'
