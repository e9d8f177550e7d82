import type { ErrorRecord } from './error-record.ts'
import type { JsonValue } from './json-value.ts'
import type { ExecutionMode, RunStatus } from './run-record.ts'

/** `pending`: its turn has not come. `skipped`: it is not needed, and counts as done. */
export type StepStatus = RunStatus | 'pending' | 'skipped'

/** One step of one run, as its last attempt left it. Times are whole milliseconds since the epoch. */
export interface StepRecord {
  readonly runId: string
  /** Position in the workflow; the first is 0. */
  readonly step: number
  /** As the workflow's file writes it: 0, 0.1, 1.5. */
  readonly number: number
  readonly name: string
  readonly agent: string
  readonly status: StepStatus
  /** How often it was sent back and begun anew. */
  readonly round: number
  /** `null` until it is decided, and where the run's mode is the only one. */
  readonly executionMode: ExecutionMode | null
  readonly startedAt: number | null
  readonly endedAt: number | null
  /** Why this execution mode, why it was skipped, what it waits for. */
  readonly reason: string | null
  /** What it was sent back with. */
  readonly feedback: string | null
  readonly result: JsonValue | null
  readonly error: ErrorRecord | null
}

type PlannedField = 'number' | 'round' | 'executionMode' | 'reason' | 'feedback'

/** A step that is written past the queue: its number is its position, its round 0 and all else `null` unless given. */
export type SavedStep = Omit<StepRecord, PlannedField> & Partial<Pick<StepRecord, PlannedField>>

/** What decides how a run goes on: a step without what it was given and what it made. */
export interface StepMark extends Pick<StepRecord, 'step' | 'number' | 'status' | 'round' | 'agent' | 'executionMode'> {
  /** What the last change of it said that is to be remembered: the store does not look inside. */
  readonly memory: JsonValue | null
}
