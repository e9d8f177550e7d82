import type { EventRecord } from '../event-record.ts'
import { integer, json, nullable, text } from './column.ts'
import { columnList, insertInto, type Table } from './table.ts'

export const eventTable: Table<EventRecord> = {
  name: 'events',
  columns: {
    id: integer,
    runId: nullable(text),
    sessionId: nullable(text),
    at: integer,
    type: text,
    data: json,
  },
}

export const insertEvent: string = insertInto(eventTable, [], ['id'])
export const selectEvents: string = `SELECT ${columnList(eventTable)} FROM events
  WHERE run_id = :run_id AND id > :after_id ORDER BY id LIMIT :limit`
