import type { Claim, ClaimOptions } from './claim.ts'
import type { JsonValue } from './json-value.ts'
import type { NewStep } from './queued-step.ts'
import type { NewRun, RunRecord, RunStatus } from './run-record.ts'
import type { StepChange } from './step-change.ts'

/** A run to be accepted and queued, with everything that another process needs to execute it. */
export interface AcceptedRun extends Omit<NewRun, 'status' | 'startedAt' | 'endedAt' | 'error'> {
  /** What can begin at once; usually the first step. Empty only with `others` and `status`. */
  readonly steps: readonly NewStep[]
  /** The steps whose turn has not come, are skipped or wait for somebody. @default none */
  readonly others?: readonly StepChange[]
  /** What the run comes to when no step can begin. @default `queued` */
  readonly status?: Exclude<RunStatus, 'queued' | 'running'>
  /** What `Follow` sees as `state`: the store keeps it and does not look inside. @default null */
  readonly state?: JsonValue
  /**
   * Where the run works, by a name that all who work there use: at any time one run with this workspace is at work, from the
   * claim of its first step until it has ended and none of its attempts is running. @default null: it does not matter
   */
  readonly workspace?: string
  /** Waits its turn when another run is queued, running or waiting in the workspace. @default false: it is refused */
  readonly waitForWorkspace?: boolean
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
