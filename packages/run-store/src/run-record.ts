import type { ErrorRecord } from './error-record.ts'
import type { JsonValue } from './json-value.ts'

export type RunStatus = 'queued' | 'running' | 'waiting' | 'completed' | 'failed' | 'cancelled' | 'interrupted'

export type ExecutionMode = 'legacy' | 'worker'

/** The processing of one prompt. Times are whole milliseconds since the epoch. */
export interface RunRecord {
  readonly runId: string
  readonly prompt: string
  readonly cwd: string
  readonly status: RunStatus
  /** `null` until it is decided. */
  readonly executionMode: ExecutionMode | null
  /** Why this execution mode. */
  readonly reason: string | null
  readonly workflow: string | null
  readonly workflowPath: string | null
  /** From 0 to 1. */
  readonly complexity: number | null
  readonly routing: JsonValue | null
  readonly runtime: string | null
  /** The process that owns the run: see `RunStore.bootId`. */
  readonly bootId: string
  readonly createdAt: number
  readonly startedAt: number | null
  readonly endedAt: number | null
  readonly error: ErrorRecord | null
  /** When it was asked to be cancelled; `null` when it was not. */
  readonly cancelRequestedAt: number | null
  readonly idempotencyKey: string | null
  /** Where it works, alone among all runs; `null` when it does not matter. */
  readonly workspace: string | null
}

/**
 * A run to be accepted. Owner is the store that creates it; `status` is `queued`, `createdAt` is now and all else is
 * `null` unless given.
 */
export interface NewRun
  extends Pick<RunRecord, 'runId' | 'prompt' | 'cwd'>,
    Partial<Omit<RunRecord, 'runId' | 'prompt' | 'cwd' | 'bootId' | RequestField>> {}

/**
 * What may change in a run after it was accepted; fields left out keep their value. `bootId` is given by a process that
 * takes over a run which another one left behind.
 */
export type RunPatch = Partial<Omit<RunRecord, 'runId' | 'prompt' | 'cwd' | 'createdAt' | RequestField>>

/** Written by `accept`, `requestCancel` and `requeue` alone. */
type RequestField = 'cancelRequestedAt' | 'idempotencyKey' | 'workspace'
