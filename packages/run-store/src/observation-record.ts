import type { ExecutionMode, RunStatus } from './run-record.ts'

/** How long a step took and how much memory it needed: what a later forecast is made from. */
export interface ObservationRecord {
  readonly workflow: string
  readonly step: number
  readonly agent: string
  readonly executionMode: ExecutionMode
  readonly status: RunStatus
  readonly durationMs: number
  readonly peakHeapMb: number | null
  /** Whole milliseconds since the epoch. */
  readonly at: number
  readonly runId: string
}
