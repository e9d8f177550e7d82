import type { ErrorRecord } from './error-record.ts'
import type { RunRecord } from './run-record.ts'
import type { SessionStatus } from './session-record.ts'
import { errorRecord } from './sql/column.ts'
import { endSessions, interruptRuns, interruptSteps, selectUnfinishedRuns } from './sql/interruption.ts'
import { runTable } from './sql/run-table.ts'
import type { StoreDatabase } from './store-database.ts'

export interface Interruption {
  /** The process whose unfinished work ends. */
  readonly bootId: string
  /** Whole milliseconds since the epoch. */
  readonly at: number
  readonly error: ErrorRecord
  readonly sessionStatus: SessionStatus
  readonly sessionCause: string
}

/** Ends all that a host left queued or running; returns the runs as they are now. Belongs in a transaction. */
export function interruptHost(database: StoreDatabase, interruption: Interruption): readonly RunRecord[] {
  const { bootId, at, error, sessionStatus, sessionCause } = interruption
  const unfinished = database.list(runTable, selectUnfinishedRuns, { boot_id: bootId })
  const end = { boot_id: bootId, ended_at: at, error: errorRecord.encode(error) }
  database.run(interruptSteps, end)
  database.run(interruptRuns, end)
  database.run(endSessions, { boot_id: bootId, ended_at: at, status: sessionStatus, cause: sessionCause })
  return unfinished.map((run) => ({ ...run, status: 'interrupted', endedAt: at, error }))
}
