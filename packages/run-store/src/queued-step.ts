import type { JsonValue } from './json-value.ts'
import type { ExecutionMode } from './run-record.ts'
import type { StepStatus } from './step-record.ts'

/** A step to be done, by whichever process claims it. */
export interface NewStep {
  /** Position in the workflow; the first is 0. */
  readonly step: number
  readonly name: string
  readonly agent: string
  /** Whether an attempt that was lost may simply be made again. @default false */
  readonly repeatable?: boolean
  /** How many attempts there may be in all, at least 1. @default 1 */
  readonly maxAttempts?: number
  /** What an attempt commits of the memory that all processes share. @default null: what the claimer says */
  readonly memoryMb?: number | null
  /** Attempts with the same key count against `Limits.perKey`. @default null */
  readonly concurrencyKey?: string | null
  /** Higher ones are claimed first; among equals the one queued first. @default 0 */
  readonly priority?: number
  /** Not to be claimed earlier, in milliseconds since the epoch. @default 0 */
  readonly notBefore?: number
  /**
   * When all attempts together are to be over, in milliseconds since the epoch. Kept for whoever claims it: the store
   * hands out a step whose deadline has passed, because only its claimer can say how such a run ends. @default null
   */
  readonly deadlineAt?: number | null
  /** As the workflow's file writes it. @default as it was, at first `step` */
  readonly number?: number
  /** How often it was sent back. @default as it was, at first 0 */
  readonly round?: number
  /** @default as it was, at first null */
  readonly executionMode?: ExecutionMode | null
  /** Why this execution mode. @default as it was, at first null */
  readonly reason?: string | null
  /** What it is sent back with. @default as it was, at first null */
  readonly feedback?: string | null
  /** What whoever executes it needs. @default as it was, at first null: the request of the run */
  readonly task?: JsonValue
  /** What whoever decides how its run goes on remembers of it. @default as it was, at first null */
  readonly memory?: JsonValue | null
}

type QueueField =
  | 'step'
  | 'repeatable'
  | 'maxAttempts'
  | 'memoryMb'
  | 'concurrencyKey'
  | 'priority'
  | 'notBefore'
  | 'deadlineAt'

/** `queued` until it is claimed, `claimed` until the attempt is settled or lost, then `queued` again or `ended`. */
export type QueueState = 'queued' | 'claimed' | 'ended'

/** Where a step stands in the queue, or stood. */
export interface QueuedStep extends Required<Pick<NewStep, QueueField>> {
  readonly runId: string
  /** That of its run. */
  readonly workspace: string | null
  readonly state: QueueState
  /** The last attempt that was claimed; 0 before the first. */
  readonly attempt: number
  /** While `queued`: the only host that may claim it, `null` for any. While `claimed`: the host that has it. */
  readonly heldBy: string | null
  /** Of the last attempt; `null` before the first. */
  readonly sessionId: string | null
  /** While `claimed`: what is committed for it. */
  readonly committedMb: number
}

/** A step of a run, and how it stands now. */
export interface StepReference {
  readonly runId: string
  readonly step: number
  readonly status: StepStatus
}
