import type { ArtifactRecord } from './artifact-record.ts'
import type { EventRecord, NewEvent } from './event-record.ts'
import { currentHost } from './host.ts'
import { interruptHost } from './interrupt-host.ts'
import type { ObservationRecord } from './observation-record.ts'
import { openDatabase } from './open-database.ts'
import { RecordWriter } from './record-writer.ts'
import { recoverHosts } from './recover-hosts.ts'
import { assertRunId } from './run-id.ts'
import type { NewRun, RunPatch, RunRecord } from './run-record.ts'
import type { RunStatistics } from './run-statistics.ts'
import { readRunStatistics } from './run-statistics-reader.ts'
import type { ListEventsOptions, ListObservationsOptions, ListRunsOptions, RunStore } from './run-store.ts'
import type { SessionRecord } from './session-record.ts'
import { artifactTable, selectArtifacts } from './sql/artifact-table.ts'
import { eventTable, selectEvents } from './sql/event-table.ts'
import { hostTable, insertHost } from './sql/host-table.ts'
import { observationTable, selectObservations } from './sql/observation-table.ts'
import { runTable, selectNewestRuns, selectNewestRunsByStatus, selectRun } from './sql/run-table.ts'
import { selectAllSessions, selectSessionsOfRun, sessionTable } from './sql/session-table.ts'
import { selectSteps, stepTable } from './sql/step-table.ts'
import type { StepEnd } from './step-end.ts'
import type { StepRecord } from './step-record.ts'
import type { StoreDatabase } from './store-database.ts'
import { RunNotFoundError, StoreInputError } from './store-error.ts'

export interface StoreOpening {
  readonly path: string
  readonly now: () => number
  readonly readOnly: boolean
  readonly busyTimeoutMs: number
}

/**
 * The store on SQLite. SQLite answers within the call, so each method does its work at once and only its promise is
 * asynchronous: what was written is safe before any other code of this process runs.
 */
export class SqliteRunStore implements RunStore {
  readonly bootId: string
  readonly #database: StoreDatabase
  readonly #writer: RecordWriter
  readonly #now: () => number
  readonly #readOnly: boolean

  static open({ path, now, readOnly, busyTimeoutMs }: StoreOpening): SqliteRunStore {
    const host = currentHost(now())
    const database = openDatabase({ path, busyTimeoutMs }, readOnly)
    try {
      if (!readOnly) database.save(hostTable, insertHost, host)
      return new SqliteRunStore(database, host.bootId, now, readOnly)
    } catch (error) {
      database.close()
      throw error
    }
  }

  private constructor(database: StoreDatabase, bootId: string, now: () => number, readOnly: boolean) {
    this.#database = database
    this.#writer = new RecordWriter(database, bootId, now)
    this.bootId = bootId
    this.#now = now
    this.#readOnly = readOnly
  }

  get path(): string {
    return this.#database.path
  }

  async createRun(run: NewRun): Promise<RunRecord> {
    assertRunId(run.runId)
    return this.#database.transaction(() => {
      this.#writer.insertRun(run)
      return this.#readRun(run.runId)
    })
  }

  async updateRun(runId: string, patch: RunPatch): Promise<RunRecord> {
    return this.#database.transaction(() => {
      this.#writer.patchRun(runId, patch)
      return this.#readRun(runId)
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

  async saveStep(step: StepRecord): Promise<void> {
    this.#database.transaction(() => this.#writer.putStep(step))
  }

  async listSteps(runId: string): Promise<readonly StepRecord[]> {
    return this.#database.list(stepTable, selectSteps, { run_id: runId })
  }

  async saveSession(session: SessionRecord): Promise<void> {
    this.#database.transaction(() => this.#writer.putSession(session), 'light')
  }

  async listSessions(runId?: string): Promise<readonly SessionRecord[]> {
    if (runId === undefined) return this.#database.list(sessionTable, selectAllSessions, {})
    return this.#database.list(sessionTable, selectSessionsOfRun, { run_id: runId })
  }

  async appendEvent(event: NewEvent): Promise<void> {
    this.#database.transaction(() => this.#writer.putEvent(event), 'light')
  }

  async listEvents(
    runId: string,
    { afterId = 0, limit = 1000 }: ListEventsOptions = {},
  ): Promise<readonly EventRecord[]> {
    assertLimit(limit)
    return this.#database.list(eventTable, selectEvents, { run_id: runId, after_id: afterId, limit })
  }

  async listArtifacts(runId: string): Promise<readonly ArtifactRecord[]> {
    return this.#database.list(artifactTable, selectArtifacts, { run_id: runId })
  }

  async listObservations(options: ListObservationsOptions = {}): Promise<readonly ObservationRecord[]> {
    const { workflow = null, step = null, agent = null, limit = 100 } = options
    assertLimit(limit)
    return this.#database.list(observationTable, selectObservations, { workflow, step, agent, limit })
  }

  async finishStep({ step, run, sessions = [], artifacts, observation, events = [] }: StepEnd): Promise<void> {
    this.#database.transaction(() => {
      this.#writer.putStep(step)
      this.#writer.patchRun(step.runId, run)
      for (const session of sessions) this.#writer.putSession(session)
      for (const artifact of artifacts) this.#writer.putArtifact(artifact)
      if (observation !== undefined) this.#writer.putObservation(observation)
      for (const event of events) this.#writer.putEvent(event)
    })
  }

  async recoverAbandoned(): Promise<readonly RunRecord[]> {
    return recoverHosts(this.#database, this.bootId, this.#now())
  }

  interruptOwn(reason: string): readonly string[] {
    if (!this.#database.isOpen || this.#readOnly) return []
    const interrupted = this.#database.transaction(() =>
      interruptHost(this.#database, {
        bootId: this.bootId,
        at: this.#now(),
        error: { name: 'RunInterruptedError', message: reason, code: 'INTERRUPTED' },
        sessionStatus: 'interrupted',
        sessionCause: 'shutdown',
      }),
    )
    return interrupted.map((run) => run.runId)
  }

  async stats(): Promise<RunStatistics> {
    return readRunStatistics(this.#database)
  }

  closeSync(): void {
    this.#database.close()
  }

  async close(): Promise<void> {
    this.closeSync()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closeSync()
  }

  #readRun(runId: string): RunRecord {
    const run = this.#database.list(runTable, selectRun, { run_id: runId })[0]
    if (run === undefined) throw new RunNotFoundError(runId)
    return run
  }
}

function assertLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new StoreInputError('Option limit', 'a whole number of at least 1', limit)
}
