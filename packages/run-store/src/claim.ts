import type { ErrorRecord } from './error-record.ts'
import type { JsonValue } from './json-value.ts'
import type { Limits } from './limits.ts'
import type { RunRecord } from './run-record.ts'
import type { SessionIsolation } from './session-record.ts'
import type { StepRecord } from './step-record.ts'

/** One attempt of one step. What is written in its name is refused once another attempt, or another host, has taken over. */
export interface AttemptReference {
  readonly runId: string
  readonly step: number
  /** Counted from 1 by the store. */
  readonly attempt: number
  readonly sessionId: string
}

export interface ClaimOptions {
  /** Id of the session that is to make the attempt; unique in the store. */
  readonly sessionId: string
  readonly isolation: SessionIsolation
  /** Only a step of this run. @default any */
  readonly runId?: string
  /** Only this step of the run, which has to be given with it. @default any */
  readonly step?: number
  /** Stricter limits than those of the store: the smaller of both counts. @default those of the store */
  readonly limits?: Partial<Limits>
  /** What an attempt commits whose step does not say. @default 0 */
  readonly memoryMb?: number
  /** Kept in the session's row. @default null */
  readonly heapLimitMb?: number | null
  /**
   * Why this is how a step is executed whose record says otherwise: in place although a worker was planned, or the other way round.
   * Mode and reason of the step are written anew then. @default the record of the step stays as it was planned
   */
  readonly reasonOtherwise?: string
}

/** What the last attempt left for the next one. */
export interface Checkpoint {
  /** The attempt that wrote it. */
  readonly attempt: number
  /** Whole milliseconds since the epoch. */
  readonly at: number
  readonly data: Uint8Array
}

/** A step that this store has claimed: it is `running`, and so are its run and its session. */
export interface Claim extends AttemptReference {
  readonly bootId: string
  readonly maxAttempts: number
  readonly repeatable: boolean
  readonly committedMb: number
  readonly concurrencyKey: string | null
  readonly deadlineAt: number | null
  readonly run: RunRecord
  readonly stepRecord: StepRecord
  /** What the attempt before this one came to, if it is another attempt of the same work. */
  readonly lastError: ErrorRecord | null
  /** As given when the step was queued or put on record. */
  readonly task: JsonValue | null
  /** As given when the run was accepted; `null` when there is a task, which is what counts then. */
  readonly request: JsonValue | null
  readonly checkpoint: Checkpoint | null
}

/** What an attempt has left, and what was claimed after it. */
export interface Settled {
  /** As it then is. */
  readonly run: RunRecord
  /** `null`: nothing waits that could be claimed, or a limit leaves no room; `claim` says which. */
  readonly claim: Claim | null
}

/**
 * Why nothing was claimed. `empty`: nothing waits that this store may claim. `later`: what waits has to wait until
 * `nextAt`. `workers`, `memory`, `key`: a limit leaves no room until an attempt ends.
 * `workspace`: another run is at work where it would be.
 */
export type ClaimRefusal = 'empty' | 'later' | 'workers' | 'memory' | 'key' | 'workspace'

export type ClaimAnswer =
  | { readonly claim: Claim; readonly because: null; readonly nextAt: null }
  | {
      readonly claim: null
      readonly because: ClaimRefusal
      /** The earliest `notBefore` still to come of what this store may claim; `null` when there is none. */
      readonly nextAt: number | null
    }
