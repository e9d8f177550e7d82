import type { ArtifactRecord } from './artifact-record.ts'
import type { EventRecord, NewEvent } from './event-record.ts'
import type { ObservationRecord } from './observation-record.ts'
import type { RunQueue } from './run-queue.ts'
import type { NewRun, RunPatch, RunRecord, RunStatus } from './run-record.ts'
import type { RunStatistics } from './run-statistics.ts'
import type { SessionRecord } from './session-record.ts'
import type { StepEnd } from './step-end.ts'
import type { SavedStep, StepRecord } from './step-record.ts'
import type { StoreCare } from './store-care.ts'

export interface ListRunsOptions {
  /** How many at most. @default 50 */
  readonly limit?: number
  /** Only runs in this status. @default any */
  readonly status?: RunStatus
}

export interface ListEventsOptions {
  /** Only events with a greater id: the last one seen. @default 0 */
  readonly afterId?: number
  /** How many at most. @default 1000 */
  readonly limit?: number
}

export interface ListArtifactsOptions {
  /** Only those of this step. @default any */
  readonly step?: number
  /** False: only those that a later step may build on; not together with `step`. @default true */
  readonly internal?: boolean
}

export interface ListSessionsOptions {
  /** Only those of this step. @default any */
  readonly step?: number
}

export interface ListObservationsOptions {
  readonly workflow?: string
  readonly step?: number
  readonly agent?: string
  /** How many at most. @default 100 */
  readonly limit?: number
}

/**
 * The record of what was accepted and what became of it. Once a promise has resolved, what it wrote survives `kill -9`
 * and, for runs and steps, a loss of power; sessions, checkpoints and events survive that from the next run or step
 * written on.
 *
 * Every method rejects with `STORE_CLOSED` after closing, `STORE_LOCKED` when another process keeps the file locked
 * beyond the timeout, `STORE_UNWRITABLE` or `STORE_CORRUPT` when the file no longer serves, and `STORE_INPUT_INVALID`
 * for values that cannot be kept; those that write reject with `STORE_FENCED` once this store was taken for lost. A
 * rejected call has changed nothing.
 */
export interface RunStore extends RunQueue, StoreCare, AsyncDisposable {
  readonly path: string
  /** This opening of the store, by this process: owner of the runs and sessions that it writes. */
  readonly bootId: string

  /**
   * Writes a run that this store owns, past the queue. Rejects with `RUN_EXISTS` when the id is taken, `RUN_ID_INVALID`
   * when it is no id.
   */
  createRun(run: NewRun): Promise<RunRecord>
  /** Changes the fields given and resolves to the whole record. Rejects with `RUN_NOT_FOUND`. */
  updateRun(runId: string, patch: RunPatch): Promise<RunRecord>
  getRun(runId: string): Promise<RunRecord | undefined>
  /** Newest first. */
  listRuns(options?: ListRunsOptions): Promise<readonly RunRecord[]>

  /** Writes a step past the queue, or replaces the one at its position. Rejects with `RUN_NOT_FOUND`. */
  saveStep(step: SavedStep): Promise<void>
  /** In the order of the workflow. */
  listSteps(runId: string): Promise<readonly StepRecord[]>

  /**
   * Writes a session, or replaces the one with its id; none goes back from `running` to `queued` or from its end to
   * either. Rejects with `RUN_NOT_FOUND` when it names a run that was not accepted, and with `STORE_FENCED` when it
   * is another host's or was taken for lost.
   */
  saveSession(session: SessionRecord): Promise<void>
  /** Of one run or of all, oldest first. */
  listSessions(runId?: string, options?: ListSessionsOptions): Promise<readonly SessionRecord[]>

  /** Rejects with `RUN_NOT_FOUND` when it names a run that was not accepted. */
  appendEvent(event: NewEvent): Promise<void>
  /** In the order in which they were appended. */
  listEvents(runId: string, options?: ListEventsOptions): Promise<readonly EventRecord[]>

  /** By step, then by name. */
  listArtifacts(runId: string, options?: ListArtifactsOptions): Promise<readonly ArtifactRecord[]>
  /** Newest first. */
  listObservations(options?: ListObservationsOptions): Promise<readonly ObservationRecord[]>

  /** Writes everything that the end of a step changes, past the queue, in one transaction. Rejects with `RUN_NOT_FOUND`. */
  finishStep(end: StepEnd): Promise<void>

  /**
   * For exit hooks, hence synchronous: marks every queued or running run that this store owns, has claimed or holds,
   * with its steps and sessions, as `interrupted` and returns the run ids. Runs that were accepted for any process
   * stay queued. A second call finds nothing; on a closed or fenced store it returns nothing.
   */
  interruptOwn(reason: string): readonly string[]

  /** From rollups that are kept in the transactions that change what they count. */
  stats(): Promise<RunStatistics>

  /** Closes at once and ends the lease; a second call does nothing. */
  closeSync(): void
  close(): Promise<void>
}
