import type { Claim, ClaimOptions } from './claim.ts'
import type { JsonValue } from './json-value.ts'
import type { NewStep } from './queued-step.ts'
import type { NewRun, RunRecord } from './run-record.ts'

/** A run to be accepted and queued, with everything that another process needs to execute it. */
export interface AcceptedRun extends Omit<NewRun, 'status' | 'startedAt' | 'endedAt' | 'error'> {
  /** What can begin at once; usually the first step. */
  readonly steps: readonly NewStep[]
  /** What the caller needs to execute it later: options, mode, settings. The store keeps it and does not look inside. @default null */
  readonly request?: JsonValue
  /** While a run with this key is stored, accepting another one returns the first. @default null */
  readonly idempotencyKey?: string | null
  /**
   * Only this store may claim it, as long as its process lives: for a run that its own process executes. When that
   * process dies the run is anybody's, for what never started can always start. @default false
   */
  readonly hold?: boolean
  /** Claims the first step in the same transaction: one commit less. @default no claim */
  readonly claim?: Omit<ClaimOptions, 'runId'>
}

export interface Acceptance {
  readonly run: RunRecord
  /** False when the run was accepted earlier, under the same idempotency key. */
  readonly isNew: boolean
  /** `null` when none was asked for, the limits leave no room, or the run is not new: then `claim({ runId })` later. */
  readonly claim: Claim | null
}
