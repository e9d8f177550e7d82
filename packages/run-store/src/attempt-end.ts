import type { NewArtifact } from './artifact-record.ts'
import type { ErrorRecord } from './error-record.ts'
import type { NewEvent } from './event-record.ts'
import type { JsonValue } from './json-value.ts'
import type { ObservationRecord } from './observation-record.ts'
import type { NewStep } from './queued-step.ts'
import type { RunPatch, RunStatus } from './run-record.ts'
import type { SessionRecord } from './session-record.ts'

/** How the session of an attempt ended; what names it is taken from the claim. */
export type SessionEnd = Partial<Omit<SessionRecord, 'sessionId' | 'runId' | 'step' | 'attempt' | 'createdAt'>> &
  Pick<SessionRecord, 'status'>

/** Everything that the end of an attempt changes: it is written as a whole or not at all. */
export interface AttemptEnd {
  /** `endedAt` is now unless given. */
  readonly session: SessionEnd
  /** What the step comes to. With `retry` it is what this attempt came to, and the step is queued again. */
  readonly step: {
    readonly status: Exclude<RunStatus, 'queued' | 'running'>
    readonly result?: JsonValue | null
    readonly error?: ErrorRecord | null
  }
  /**
   * Queues the step again, for an attempt not before `notBefore`; its checkpoint is kept. Not heeded, and the step ends,
   * when no attempts are left or the run is to be cancelled: what `settle` resolves to says what became of it.
   */
  readonly retry?: { readonly notBefore: number; readonly hold?: boolean }
  /** Steps that can begin now. Not queued when the run is to be cancelled. */
  readonly next?: readonly NewStep[]
  /** Only this store may claim `next`. @default false */
  readonly holdNext?: boolean
  /**
   * What else changes in the run. Its status follows from the queue unless given: `queued` with something waiting,
   * `running` with another attempt running, else what the step came to, with `endedAt` and the step's error.
   */
  readonly run?: RunPatch
  readonly artifacts?: readonly Omit<NewArtifact, 'runId' | 'step'>[]
  readonly observation?: Omit<ObservationRecord, 'runId' | 'step'>
  readonly events?: readonly NewEvent[]
}
