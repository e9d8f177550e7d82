import type { RunRecord, RunStatus } from '../run-record.ts'
import { errorRecord, freeText, integer, json, nullable, oneOf, real, text } from './column.ts'
import { assignParameters, columnList, insertInto, type Table } from './table.ts'

export const runStatus: ReturnType<typeof oneOf<RunStatus>> = oneOf(
  'queued',
  'running',
  'waiting',
  'completed',
  'failed',
  'cancelled',
  'interrupted',
)

export const runTable: Table<RunRecord> = {
  name: 'runs',
  columns: {
    runId: text,
    prompt: freeText,
    cwd: text,
    status: runStatus,
    executionMode: nullable(oneOf('legacy', 'worker')),
    reason: nullable(freeText),
    workflow: nullable(text),
    workflowPath: nullable(text),
    complexity: nullable(real),
    routing: nullable(json),
    runtime: nullable(text),
    bootId: text,
    createdAt: integer,
    startedAt: nullable(integer),
    endedAt: nullable(integer),
    error: nullable(errorRecord),
    cancelRequestedAt: nullable(integer),
    idempotencyKey: nullable(text),
    workspace: nullable(text),
  },
}

/** What is kept of a run beside its record. */
export const runNotesTable: Table<{ readonly cancelReason: string }> = {
  name: 'runs',
  columns: { cancelReason: freeText },
}

const selectRuns = `SELECT ${columnList(runTable)} FROM runs`
const newestFirst = 'ORDER BY created_at DESC, sequence DESC LIMIT :limit'

export const insertRun: string = `${insertInto(runTable)} ON CONFLICT (run_id) DO NOTHING`
export const selectRun: string = `${selectRuns} WHERE run_id = :run_id`
export const selectRunExists: string = 'SELECT 1 AS found FROM runs WHERE run_id = :run_id'
export const selectNewestRuns: string = `${selectRuns} ${newestFirst}`
export const selectNewestRunsByStatus: string = `${selectRuns} WHERE status = :status ${newestFirst}`

export const selectRunByKey: string = `${selectRuns} WHERE idempotency_key = :idempotency_key`
export const requestCancellation = `UPDATE runs SET cancel_requested_at = :at, cancel_reason = :cancel_reason
  WHERE run_id = :run_id AND cancel_requested_at IS NULL`
/** A run that is taken up again is not to be cancelled any more. */
export const forgetCancellation = `UPDATE runs SET cancel_requested_at = NULL, cancel_reason = NULL WHERE run_id = :run_id`
/** Sets the columns named. */
export function updateRunColumns(columns: readonly string[]): string {
  return `UPDATE runs SET ${assignParameters(columns)} WHERE run_id = :run_id`
}
