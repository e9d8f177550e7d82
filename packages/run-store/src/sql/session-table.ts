import type { QueuedSession, SessionRecord, SessionUsage } from '../session-record.ts'
import { flag, integer, nullable, oneOf, real, text } from './column.ts'
import { columnList, columnName, insertInto, overwriteWithExcluded, type Table } from './table.ts'

export const sessionTable: Table<SessionRecord> = {
  name: 'sessions',
  columns: {
    sessionId: text,
    runId: nullable(text),
    step: nullable(integer),
    attempt: integer,
    isolation: oneOf('in-process', 'thread', 'process'),
    status: oneOf('queued', 'running', 'completed', 'failed', 'cancelled', 'timed_out', 'lost', 'interrupted'),
    cause: nullable(text),
    phase: nullable(text),
    exitCode: nullable(integer),
    signal: nullable(text),
    peakHeapMb: nullable(real),
    peakExternalMb: nullable(real),
    peakRssMb: nullable(real),
    cpuMs: nullable(real),
    queuedMs: nullable(real),
    startedInMs: nullable(real),
    ranMs: nullable(real),
    stoppedInMs: nullable(real),
    heapLimitMb: nullable(real),
    enforced: nullable(flag),
    fuse: nullable(text),
    createdAt: integer,
    endedAt: nullable(integer),
    inputTokens: nullable(integer),
    cachedTokens: nullable(integer),
    outputTokens: nullable(integer),
    costUsd: nullable(real),
    toolCalls: nullable(integer),
    model: nullable(text),
    agentSession: nullable(text),
  },
}

const { inputTokens, cachedTokens, outputTokens, costUsd, toolCalls, model, agentSession } = sessionTable.columns
export const sessionUsageTable: Table<SessionUsage> = {
  name: 'sessions',
  columns: { inputTokens, cachedTokens, outputTokens, costUsd, toolCalls, model, agentSession },
}
const usageColumns = Object.keys(sessionUsageTable.columns).map(columnName)
/** What was reported is not taken back. */
export const updateSessionUsage: string = `UPDATE sessions
  SET ${usageColumns.map((column) => `${column} = coalesce(:${column}, ${column})`).join(', ')}
  WHERE session_id = :session_id`

const selectSessions = `SELECT ${columnList(sessionTable)} FROM sessions`
const oldestFirst = 'ORDER BY created_at, sequence'

export const insertSession: string = insertInto(sessionTable, ['boot_id'])

/** The condition closes a race: a late "queued" must not undo "running", nor a late "running" an end that is written. */
export const upsertSession: string = `${insertSession}
  ON CONFLICT (session_id) DO UPDATE SET ${overwriteWithExcluded(sessionTable, ['sessionId'])}
  WHERE excluded.status NOT IN ('queued', 'running') OR sessions.status = 'queued'
    OR (excluded.status = 'running' AND sessions.status = 'running')`

const { sessionId, runId, step, attempt, isolation, status, heapLimitMb, createdAt } = sessionTable.columns
export const queuedSessionTable: Table<QueuedSession> = {
  name: 'sessions',
  columns: { sessionId, runId, step, attempt, isolation, status, heapLimitMb, createdAt },
}
const queuedColumns = [...Object.keys(queuedSessionTable.columns).map(columnName), 'boot_id']
/**
 * Every task waits for this one, so it is a transaction by itself: 0.18 ms, where four statements and all columns take 0.32. It adds
 * nothing for a host that is fenced, a run that is not there and a session that is on record already.
 */
export const insertQueuedSession: string = `INSERT INTO sessions (${queuedColumns.join(', ')})
  SELECT ${queuedColumns.map((column) => `:${column}`).join(', ')}
  WHERE EXISTS (SELECT 1 FROM hosts WHERE boot_id = :boot_id AND state = 'live')
    AND (:run_id IS NULL OR EXISTS (SELECT 1 FROM runs WHERE run_id = :run_id))
  ON CONFLICT DO NOTHING`

export const selectSessionOwner = 'SELECT boot_id, status FROM sessions WHERE session_id = :session_id'
export const selectSession: string = `${selectSessions} WHERE session_id = :session_id`
export const selectAllSessions: string = `${selectSessions} ${oldestFirst}`
export const selectSessionsOfRun: string = `${selectSessions} WHERE run_id = :run_id ${oldestFirst}`
export const selectSessionsOfStep: string = `${selectSessions} WHERE run_id = :run_id AND step = :step ${oldestFirst}`
