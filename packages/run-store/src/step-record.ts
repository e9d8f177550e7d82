import type { ErrorRecord } from './error-record.ts'
import type { JsonValue } from './json-value.ts'
import type { RunStatus } from './run-record.ts'

/** One step of one run, as its last attempt left it. Times are whole milliseconds since the epoch. */
export interface StepRecord {
  readonly runId: string
  /** Position in the workflow; the first is 0. */
  readonly step: number
  readonly name: string
  readonly agent: string
  readonly status: RunStatus
  readonly startedAt: number | null
  readonly endedAt: number | null
  readonly result: JsonValue | null
  readonly error: ErrorRecord | null
}
