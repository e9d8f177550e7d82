import type { ChildRecord } from '../child-record.ts'
import { flag, integer, nullable, text } from './column.ts'
import { columnList, insertInto, overwriteWithExcluded, type Table } from './table.ts'

export const childTable: Table<ChildRecord> = {
  name: 'children',
  columns: { sessionId: text, pid: integer, processStarted: nullable(integer), leadsGroup: flag },
}

/** A pid may be used again within one session. */
export const upsertChild: string = `${insertInto(childTable)}
  ON CONFLICT (session_id, pid) DO UPDATE SET ${overwriteWithExcluded(childTable, ['sessionId', 'pid'])}`
export const deleteChild = 'DELETE FROM children WHERE session_id = :session_id AND pid = :pid'
export const deleteChildrenOfSession = 'DELETE FROM children WHERE session_id = :session_id'
export const selectChildrenOfEnded: string = `SELECT ${columnList(childTable)} FROM children JOIN sessions USING (session_id)
  WHERE sessions.status NOT IN ('queued', 'running') ORDER BY session_id, pid`
