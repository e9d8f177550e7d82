import type { Checkpoint } from '../claim.ts'
import { bytes, integer } from './column.ts'
import { columnList, type Table } from './table.ts'

export const checkpointTable: Table<Checkpoint> = {
  name: 'checkpoints',
  columns: { attempt: integer, at: integer, data: bytes },
}

export const upsertCheckpoint = `INSERT INTO checkpoints (run_id, step, attempt, at, data)
  VALUES (:run_id, :step, :attempt, :at, :data)
  ON CONFLICT (run_id, step) DO UPDATE SET attempt = excluded.attempt, at = excluded.at, data = excluded.data`
export const selectCheckpoint: string = `SELECT ${columnList(checkpointTable)} FROM checkpoints
  WHERE run_id = :run_id AND step = :step`
export const deleteCheckpoint = 'DELETE FROM checkpoints WHERE run_id = :run_id AND step = :step'
/** What another agent left, or an earlier round, is of no use. */
export const deleteStrangeCheckpoint = `DELETE FROM checkpoints WHERE run_id = :run_id AND step = :step
  AND EXISTS (SELECT 1 FROM steps WHERE steps.run_id = :run_id AND steps.step = :step
    AND (agent <> :agent OR round <> coalesce(:round, round)))`
