import { acceptRun, findByKey } from './accept-run.ts'
import type { Acceptance, AcceptedRun } from './acceptance.ts'
import { advanceRun } from './advance-run.ts'
import type { ArtifactRecord } from './artifact-record.ts'
import type { AttemptEnd } from './attempt-end.ts'
import { forgetChildren, noteUsage, registerChild, saveCheckpoint } from './attempt-notes.ts'
import { backupStore } from './backup-store.ts'
import type { CancelAnswer, CancelRequest } from './cancel-request.ts'
import { listCancelRequests, requestCancel } from './cancel-run.ts'
import { checkStore } from './check-store.ts'
import type { ChildRecord } from './child-record.ts'
import type { AttemptReference, ClaimAnswer, ClaimOptions, Settled } from './claim.ts'
import { claimWithin, readLimits, readUsage } from './claim-step.ts'
import { collectGarbage } from './collect-garbage.ts'
import type { EventRecord, NewEvent } from './event-record.ts'
import type { AdvanceOptions, Follow } from './follow.ts'
import { hasLiveHost } from './has-live-host.ts'
import { currentHost } from './host.ts'
import type { JsonValue } from './json-value.ts'
import type { Limits, Usage } from './limits.ts'
import type { ObservationRecord } from './observation-record.ts'
import { openDatabase } from './open-database.ts'
import { OwnHost } from './own-host.ts'
import { setLimits } from './queue-limits.ts'
import { QueueWriter } from './queue-writer.ts'
import type { QueuedStep, QueueState } from './queued-step.ts'
import { RecordWriter } from './record-writer.ts'
import { recoverLost } from './recover-lost.ts'
import type { RecoverOptions, Recovery } from './recovery.ts'
import { releaseHost } from './release-host.ts'
import { requeueRun } from './requeue-run.ts'
import { assertRunId } from './run-id.ts'
import type { ListQueueOptions, RequeueOptions } from './run-queue.ts'
import type { NewRun, RunPatch, RunRecord, RunStatus } from './run-record.ts'
import type { RunStatistics } from './run-statistics.ts'
import { readRunStatistics } from './run-statistics-reader.ts'
import { hasEnded } from './run-status.ts'
import type {
  ListArtifactsOptions,
  ListEventsOptions,
  ListObservationsOptions,
  ListRunsOptions,
  ListSessionsOptions,
  RunStore,
} from './run-store.ts'
import type { RunUsage } from './run-usage.ts'
import { readRunUsage } from './run-usage-reader.ts'
import { isJustQueued, type SessionRecord, type SessionUsage } from './session-record.ts'
import { settleWithin } from './settle-attempt.ts'
import {
  artifactTable,
  selectArtifacts,
  selectArtifactsOfStep,
  selectArtifactsToBuildOn,
} from './sql/artifact-table.ts'
import { eventTable, selectEvents } from './sql/event-table.ts'
import { observationTable, selectObservations } from './sql/observation-table.ts'
import { selectDataVersion } from './sql/pragmas.ts'
import { queueTable, selectQueueEntries } from './sql/queue-table.ts'
import { runTable, selectNewestRuns, selectNewestRunsByStatus, selectRun } from './sql/run-table.ts'
import { selectAllSessions, selectSessionsOfRun, selectSessionsOfStep, sessionTable } from './sql/session-table.ts'
import { selectSomeMarks, selectSteps, stepMarkTable, stepTable } from './sql/step-table.ts'
import type { StepEnd } from './step-end.ts'
import type { SavedStep, StepMark, StepRecord } from './step-record.ts'
import { StepWriter } from './step-writer.ts'
import type { ArtifactSweep, CheckOptions, Finding, GcOptions, GcReport, SweepOptions } from './store-care.ts'
import { type StoreContext, write } from './store-context.ts'
import type { StoreDatabase } from './store-database.ts'
import { StoreFencedError, StoreInputError } from './store-error.ts'
import { sweepArtifacts } from './sweep-artifacts.ts'

export interface StoreOpening {
  readonly path: string
  readonly now: () => number
  readonly readOnly: boolean
  readonly busyTimeoutMs: number
  readonly leaseMs: number
}

/**
 * The store on SQLite. SQLite answers within the call, so each method does its work at once and only its promise is
 * asynchronous: what was written is safe before any other code of this process runs.
 */
export class SqliteRunStore implements RunStore {
  readonly bootId: string
  readonly #context: StoreContext
  readonly #database: StoreDatabase
  readonly #records: RecordWriter
  readonly #readOnly: boolean

  static open({ path, now, readOnly, busyTimeoutMs, leaseMs }: StoreOpening): SqliteRunStore {
    const host = currentHost(now())
    const database = openDatabase({ path, busyTimeoutMs }, readOnly)
    try {
      const own = new OwnHost(database, host, leaseMs)
      if (!readOnly) own.register(host)
      const records = new RecordWriter(database, host.bootId, now)
      return new SqliteRunStore(
        { database, records, queue: new QueueWriter(database, new StepWriter(database)), host: own, now },
        readOnly,
      )
    } catch (error) {
      database.close()
      throw error
    }
  }

  private constructor(context: StoreContext, readOnly: boolean) {
    this.#context = context
    this.#database = context.database
    this.#records = context.records
    this.bootId = context.host.bootId
    this.#readOnly = readOnly
  }

  get path(): string {
    return this.#database.path
  }

  get fenced(): AbortSignal {
    return this.#context.host.fenced
  }

  async accept(run: AcceptedRun): Promise<Acceptance> {
    return acceptRun(this.#context, run)
  }

  async getRequest(runId: string): Promise<JsonValue | null> {
    return this.#records.readRequest(runId)
  }

  async findByIdempotencyKey(key: string): Promise<RunRecord | undefined> {
    return findByKey(this.#context, key)
  }

  async claim(options: ClaimOptions): Promise<ClaimAnswer> {
    return write(this.#context, () => claimWithin(this.#context, options))
  }

  async settle(attempt: AttemptReference, end: AttemptEnd, follow?: Follow): Promise<RunRecord> {
    return write(this.#context, () => settleWithin(this.#context, attempt, end, follow))
  }

  async settleAndClaim(
    attempt: AttemptReference,
    end: AttemptEnd,
    follow: Follow | undefined,
    next: ClaimOptions,
  ): Promise<Settled> {
    return write(this.#context, () => {
      const run = settleWithin(this.#context, attempt, end, follow)
      const { claim } = claimWithin(this.#context, next)
      return { run: claim?.runId === run.runId ? claim.run : run, claim }
    })
  }

  async advance(runId: string, follow: Follow, options: AdvanceOptions = {}): Promise<RunRecord> {
    return advanceRun(this.#context, runId, follow, options)
  }

  async listMarks(runId: string, steps: readonly number[]): Promise<readonly StepMark[]> {
    return this.#database.list(stepMarkTable, selectSomeMarks, { run_id: runId, steps: JSON.stringify(steps) })
  }

  async getState(runId: string): Promise<JsonValue | null> {
    this.#records.readRun(runId)
    return this.#records.readState(runId)
  }

  async noteUsage(attempt: AttemptReference, usage: Partial<SessionUsage>): Promise<void> {
    noteUsage(this.#context, attempt, usage)
  }

  async usageOf(runId: string): Promise<RunUsage> {
    this.#records.readRun(runId)
    return readRunUsage(this.#database, runId)
  }

  async saveCheckpoint(attempt: AttemptReference, data: Uint8Array): Promise<void> {
    saveCheckpoint(this.#context, attempt, data)
  }

  async registerChild(attempt: AttemptReference, child: Omit<ChildRecord, 'sessionId'>): Promise<void> {
    registerChild(this.#context, attempt, child)
  }

  async unregisterChild({ sessionId }: AttemptReference, pid: number): Promise<void> {
    forgetChildren(this.#context, [{ sessionId, pid }])
  }

  async forgetChildren(children: readonly Pick<ChildRecord, 'sessionId' | 'pid'>[]): Promise<void> {
    forgetChildren(this.#context, children)
  }

  async recoverLost(options: RecoverOptions = {}): Promise<Recovery> {
    return recoverLost(this.#context, options)
  }

  async requeue(runId: string, options: RequeueOptions = {}): Promise<RunRecord> {
    return requeueRun(this.#context, runId, options)
  }

  async hasLiveHost(runId: string): Promise<boolean> {
    return hasLiveHost(this.#context, runId)
  }

  async requestCancel(runId: string, reason: string): Promise<CancelAnswer> {
    return requestCancel(this.#context, runId, reason)
  }

  async listCancelRequests(): Promise<readonly CancelRequest[]> {
    return listCancelRequests(this.#context)
  }

  async dataVersion(): Promise<number> {
    return Number(this.#database.row(selectDataVersion, {})?.['data_version'])
  }

  async setLimits(limits: Partial<Limits>): Promise<Limits> {
    return setLimits(this.#context, limits)
  }

  async getLimits(): Promise<Limits> {
    return readLimits(this.#context)
  }

  async usage(): Promise<Usage> {
    return readUsage(this.#context)
  }

  async listQueue({ runId, state, limit = 100 }: ListQueueOptions = {}): Promise<readonly QueuedStep[]> {
    assertLimit(limit)
    const cells = { ...(runId !== undefined && { run_id: runId }), limit }
    return this.#database.list(queueTable, selectQueueEntries(runId, assertState(state)), cells)
  }

  async createRun(run: NewRun): Promise<RunRecord> {
    assertRunId(run.runId)
    return write(this.#context, () => {
      this.#records.insertRun(run)
      this.#takeLeaseFor(run.status ?? 'queued')
      return this.#records.readRun(run.runId)
    })
  }

  async updateRun(runId: string, patch: RunPatch): Promise<RunRecord> {
    return write(this.#context, () => {
      this.#records.patchRun(runId, patch)
      const run = this.#records.readRun(runId)
      if (run.bootId === this.bootId) this.#takeLeaseFor(run.status)
      return run
    })
  }

  async getRun(runId: string): Promise<RunRecord | undefined> {
    return this.#database.list(runTable, selectRun, { run_id: runId })[0]
  }

  async listRuns({ limit = 50, status }: ListRunsOptions = {}): Promise<readonly RunRecord[]> {
    assertLimit(limit)
    if (status === undefined) return this.#database.list(runTable, selectNewestRuns, { limit })
    return this.#database.list(runTable, selectNewestRunsByStatus, { limit, status })
  }

  async saveStep(step: SavedStep): Promise<void> {
    write(this.#context, () => this.#records.putStep(step))
  }

  async listSteps(runId: string): Promise<readonly StepRecord[]> {
    return this.#database.list(stepTable, selectSteps, { run_id: runId })
  }

  async saveSession(session: SessionRecord): Promise<void> {
    if (this.#addQueued(session)) return
    write(
      this.#context,
      () => {
        this.#records.putSession(session)
        if (session.status === 'queued' || session.status === 'running') this.#context.host.takeLease()
      },
      'light',
    )
  }

  async listSessions(runId?: string, { step }: ListSessionsOptions = {}): Promise<readonly SessionRecord[]> {
    if (runId === undefined) return this.#database.list(sessionTable, selectAllSessions, {})
    if (step !== undefined) return this.#database.list(sessionTable, selectSessionsOfStep, { run_id: runId, step })
    return this.#database.list(sessionTable, selectSessionsOfRun, { run_id: runId })
  }

  async appendEvent(event: NewEvent): Promise<void> {
    write(this.#context, () => this.#records.putEvent(event), 'light')
  }

  async listEvents(
    runId: string,
    { afterId = 0, limit = 1000 }: ListEventsOptions = {},
  ): Promise<readonly EventRecord[]> {
    assertLimit(limit)
    return this.#database.list(eventTable, selectEvents, { run_id: runId, after_id: afterId, limit })
  }

  async listArtifacts(runId: string, options: ListArtifactsOptions = {}): Promise<readonly ArtifactRecord[]> {
    const { step, internal = true } = options
    if (step !== undefined && !internal) throw new StoreInputError('Option internal', 'none beside a step', internal)
    if (step !== undefined) return this.#database.list(artifactTable, selectArtifactsOfStep, { run_id: runId, step })
    const sql = internal ? selectArtifacts : selectArtifactsToBuildOn
    return this.#database.list(artifactTable, sql, { run_id: runId })
  }

  async listObservations(options: ListObservationsOptions = {}): Promise<readonly ObservationRecord[]> {
    const { workflow = null, step = null, agent = null, limit = 100 } = options
    assertLimit(limit)
    return this.#database.list(observationTable, selectObservations, { workflow, step, agent, limit })
  }

  async finishStep({ step, run, sessions = [], artifacts, observation, events = [] }: StepEnd): Promise<void> {
    write(this.#context, () => {
      this.#records.putStep(step)
      this.#records.patchRun(step.runId, run)
      for (const session of sessions) this.#records.putSession(session)
      for (const artifact of artifacts) this.#records.putArtifact(artifact)
      if (observation !== undefined) this.#records.putObservation(observation)
      for (const event of events) this.#records.putEvent(event)
    })
  }

  interruptOwn(reason: string): readonly string[] {
    if (!this.#database.isOpen || this.#readOnly || this.fenced.aborted) return []
    try {
      return write(this.#context, () => this.#interruptOwn(reason))
    } catch (error) {
      if (error instanceof StoreFencedError) return []
      throw error
    }
  }

  async stats(): Promise<RunStatistics> {
    return readRunStatistics(this.#database)
  }

  async gc(options: GcOptions): Promise<GcReport> {
    return collectGarbage(this.#context, options)
  }

  async backup(file: string): Promise<void> {
    backupStore(this.#context, file)
  }

  async check(options: CheckOptions = {}): Promise<readonly Finding[]> {
    return checkStore(this.#context, options)
  }

  async sweepArtifacts(options: SweepOptions): Promise<ArtifactSweep> {
    return sweepArtifacts(this.#context, options)
  }

  closeSync(): void {
    if (!this.#readOnly) this.#context.host.closeSync()
    this.#database.close()
  }

  async close(): Promise<void> {
    this.closeSync()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closeSync()
  }

  /** The short way; whatever it cannot do, and the reasons why, is left to the long one. */
  #addQueued(session: SessionRecord): boolean {
    if (!this.#context.host.hasLease || !isJustQueued(session)) return false
    return this.#database.alone(() => this.#records.addQueuedSession(session), 'light')
  }

  #interruptOwn(reason: string): readonly string[] {
    const { interrupted, cancelled } = releaseHost(this.#context, {
      bootId: this.bootId,
      at: this.#context.now(),
      error: { name: 'RunInterruptedError', message: reason, code: 'INTERRUPTED' },
      sessionStatus: 'interrupted',
      sessionCause: 'shutdown',
      requeueAt: null,
    })
    return [...interrupted, ...cancelled].map((run) => run.runId)
  }

  /** A run that goes on is something to lose. */
  #takeLeaseFor(status: RunStatus): void {
    if (!hasEnded(status)) this.#context.host.takeLease()
  }
}

/** It becomes a part of the query. */
function assertState(state: QueueState | undefined): QueueState | undefined {
  if (state === undefined || state === 'queued' || state === 'claimed' || state === 'ended') return state
  throw new StoreInputError('Option state', 'queued, claimed or ended', state)
}

function assertLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new StoreInputError('Option limit', 'a whole number of at least 1', limit)
}
