import type { ChildRecord } from './child-record.ts'
import type { StepReference } from './queued-step.ts'
import type { RunRecord } from './run-record.ts'

/** A host whose work was taken from it. */
export interface LostHost {
  readonly bootId: string
  readonly pid: number
  /** `dead`: its process is gone. `lease`: its process may live, but its lease has run out; it can write no more. */
  readonly because: 'dead' | 'lease'
}

/** A child process of a lost session, which may still run. */
export interface LostChild extends ChildRecord {
  /** Whether a process with this pid and start time lives. */
  readonly isAlive: boolean
}

export interface RecoverOptions {
  /** Repeatable steps are not claimed again before this long, in milliseconds. @default 0 */
  readonly requeueAfterMs?: number
}

/** What became of the work of lost hosts; each piece is reported to exactly one of the processes that recover. */
export interface Recovery {
  readonly hosts: readonly LostHost[]
  /** How many sessions became `lost`. */
  readonly sessions: number
  /** Steps that wait for another attempt. */
  readonly requeued: readonly StepReference[]
  /** Runs that became `interrupted`, oldest first: `requeue` takes them up again. */
  readonly interrupted: readonly RunRecord[]
  /** Runs that had been asked to be cancelled and now are. */
  readonly cancelled: readonly RunRecord[]
  /**
   * Children of lost sessions, also those of earlier recoveries: a process that dies between this call and
   * `forgetChildren` leaves them to the next.
   */
  readonly children: readonly LostChild[]
}
