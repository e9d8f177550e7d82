import type { Acceptance, AcceptedRun } from './acceptance.ts'
import type { AttemptEnd } from './attempt-end.ts'
import type { CancelAnswer, CancelRequest } from './cancel-request.ts'
import type { ChildRecord } from './child-record.ts'
import type { AttemptReference, ClaimAnswer, ClaimOptions, Settled } from './claim.ts'
import type { AdvanceOptions, Follow } from './follow.ts'
import type { JsonValue } from './json-value.ts'
import type { Limits, Usage } from './limits.ts'
import type { QueuedStep, QueueState } from './queued-step.ts'
import type { RecoverOptions, Recovery } from './recovery.ts'
import type { RunRecord } from './run-record.ts'
import type { RunUsage } from './run-usage.ts'
import type { SessionUsage } from './session-record.ts'
import type { StepMark } from './step-record.ts'

export interface RequeueOptions {
  /**
   * This step is queued again from scratch, completed or not; later ones are forgotten, for they follow when it has ended.
   * @default those that have failed, or were interrupted or cancelled, with their checkpoints
   */
  readonly from?: number
  /** How many more attempts each gets, at least 1. @default 1 */
  readonly attempts?: number
  /** Only this store may claim them. @default false */
  readonly hold?: boolean
}

export interface ListQueueOptions {
  /** @default any */
  readonly runId?: string
  /** @default any */
  readonly state?: QueueState
  /** How many at most. @default 100 */
  readonly limit?: number
}

/**
 * The queue that all processes on a store share. A step is claimed by one of them; until the claim is settled or its
 * host is lost, nobody else can have it. A host is lost when its process is gone or its lease has run out and another
 * process has taken over: from then on every write of it is refused with `STORE_FENCED`, in the transaction that would have
 * written, and `RunStore.fenced` is aborted. Such a store is done for: end its sessions and open another one.
 */
export interface RunQueue {
  /**
   * Aborted, with the `StoreFencedError` as reason, when this store has learned that it was taken for lost: by a refused
   * write or, within a third of the lease, from the thread that renews it.
   */
  readonly fenced: AbortSignal

  /**
   * Accepts a run with the steps that can begin: one transaction, on the disk when it resolves. Rejects with
   * `RUN_EXISTS`, `RUN_ID_INVALID`, `WORKSPACE_BUSY`; with `STORE_INPUT_INVALID` when there is no step.
   */
  accept(run: AcceptedRun): Promise<Acceptance>
  /** As given to `accept`; `null` when nothing was. Rejects with `RUN_NOT_FOUND`. */
  getRequest(runId: string): Promise<JsonValue | null>
  /** The run that was accepted under a key and is stored. */
  findByIdempotencyKey(key: string): Promise<RunRecord | undefined>

  /**
   * Claims and starts the first step that waits and that the limits leave room for, in one transaction: allots the attempt's
   * number, writes the session as `running`, marks step and run as `running`. Steps whose key is exhausted, or which
   * ask for more memory than there is in all, or in whose workspace another run is at work, are passed over; one that has to wait for memory is waited for, so that large ones get
   * their turn.
   */
  claim(options: ClaimOptions): Promise<ClaimAnswer>
  /**
   * Ends an attempt with all that it changes in one transaction, and resolves to the run as it then is. `follow` is asked
   * in that transaction how the run goes on, unless the step is tried again. Rejects with `STORE_FENCED` when the attempt
   * is no longer this store's, and with what `follow` throws; nothing is written then.
   */
  settle(attempt: AttemptReference, end: AttemptEnd, follow?: Follow): Promise<RunRecord>
  /**
   * `settle` and `claim` in one transaction: whoever goes on with what follows waits for the disk once. Rejects as they do, and
   * then neither is written.
   */
  settleAndClaim(
    attempt: AttemptReference,
    end: AttemptEnd,
    follow: Follow | undefined,
    next: ClaimOptions,
  ): Promise<Settled>
  /**
   * Moves a run on past any attempt: somebody has decided, or it is taken up again. Without a step at work, in the queue or
   * waiting, and without a status given, the run keeps its own. Rejects with `RUN_NOT_FOUND`, with `RUN_NOT_REQUEUABLE`
   * when the run has ended and is not to be reopened, and with what `follow` throws.
   */
  advance(runId: string, follow: Follow, options?: AdvanceOptions): Promise<RunRecord>
  /** Of a run, how these steps stand, in the order of the workflow; positions without a step are left out. */
  listMarks(runId: string, steps: readonly number[]): Promise<readonly StepMark[]>
  /** What the last `Following` left, or `accept`; `null` when nothing did. Rejects with `RUN_NOT_FOUND`. */
  getState(runId: string): Promise<JsonValue | null>
  /**
   * Keeps what an attempt has used so far, in the row of its session: totals, so it may be called often. What is left out or
   * `null` stays as it was. Rejects with `STORE_FENCED`.
   */
  noteUsage(attempt: AttemptReference, usage: Partial<SessionUsage>): Promise<void>
  /** Of all its attempts, the running ones included. Rejects with `RUN_NOT_FOUND`. */
  usageOf(runId: string): Promise<RunUsage>
  /** Replaces the step's checkpoint: at most 16 MB of bytes that only the caller understands. Rejects with `STORE_FENCED`. */
  saveCheckpoint(attempt: AttemptReference, data: Uint8Array): Promise<void>
  /** Notes a child process for the case that this process dies. Rejects with `STORE_FENCED`. */
  registerChild(attempt: AttemptReference, child: Omit<ChildRecord, 'sessionId'>): Promise<void>
  /** The child has ended; `settle` does this for all of its session. */
  unregisterChild(attempt: AttemptReference, pid: number): Promise<void>
  /** They are known to have ended: recovery reports them no more. */
  forgetChildren(children: readonly Pick<ChildRecord, 'sessionId' | 'pid'>[]): Promise<void>

  /**
   * Takes over from hosts that are dead or whose lease has run out: their sessions become `lost`; a step goes back to the
   * queue when it is `repeatable` and attempts are left, or had not started; else it and its run become `interrupted`.
   * Runs that were written with `createRun` and not accepted become `interrupted`. Cheap when nobody is lost.
   */
  recoverLost(options?: RecoverOptions): Promise<Recovery>
  /**
   * Takes an ended run up again: its steps that were queued once and have failed, or were interrupted or cancelled, are queued;
   * with `from`, that step, whatever it came to. A step that never was in the queue stays as it is: `advance` with `reopen`
   * takes up a run whose other steps are to begin anew as well.
   * Rejects with `RUN_NOT_FOUND`, and with `RUN_NOT_REQUEUABLE` when it has not ended or has no step to queue.
   */
  requeue(runId: string, options?: RequeueOptions): Promise<RunRecord>
  /**
   * Whether the process that made a run's last attempt, or accepted it when there was none, has the store open and lives: what
   * is still to be done after the end of the run is that one's to do.
   */
  hasLiveHost(runId: string): Promise<boolean>
  /** Ends a run that nobody works on, or leaves a durable mark for the process that does. Rejects with `RUN_NOT_FOUND`. */
  requestCancel(runId: string, reason: string): Promise<CancelAnswer>
  /** The attempts of this store whose runs are to be cancelled, oldest request first. A look into a small index. */
  listCancelRequests(): Promise<readonly CancelRequest[]>

  /**
   * Changes when another connection has written to the store (`PRAGMA data_version`, microseconds): look at this number
   * often, and at the store only when it has changed. The lease's own thread is such a connection, so it may change for nothing.
   */
  dataVersion(): Promise<number>

  /** Limits for all processes, kept in the store. What is left out keeps its value. Resolves to what then holds. */
  setLimits(limits: Partial<Limits>): Promise<Limits>
  getLimits(): Promise<Limits>
  usage(): Promise<Usage>
  /** In the order in which they are claimed. */
  listQueue(options?: ListQueueOptions): Promise<readonly QueuedStep[]>
}
