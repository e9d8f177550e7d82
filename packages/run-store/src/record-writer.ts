import type { NewArtifact } from './artifact-record.ts'
import type { NewEvent } from './event-record.ts'
import type { JsonValue } from './json-value.ts'
import type { ObservationRecord } from './observation-record.ts'
import type { NewRun, RunPatch, RunRecord } from './run-record.ts'
import type { SessionRecord } from './session-record.ts'
import { newArtifactTable, upsertArtifact } from './sql/artifact-table.ts'
import { eventTable, insertEvent } from './sql/event-table.ts'
import { insertObservation, observationTable } from './sql/observation-table.ts'
import { insertRequest, requestTable, selectRequest } from './sql/request-table.ts'
import { runStateTable, selectRunState, upsertRunState } from './sql/run-state-table.ts'
import { insertRun, runTable, selectRun, selectRunExists, updateRunColumns } from './sql/run-table.ts'
import {
  insertQueuedSession,
  insertSession,
  queuedSessionTable,
  selectSessionOwner,
  sessionTable,
  upsertSession,
} from './sql/session-table.ts'
import { stepTable, upsertStep } from './sql/step-table.ts'
import { encodeFields } from './sql/table.ts'
import type { SavedStep } from './step-record.ts'
import { encoded, type StoreDatabase } from './store-database.ts'
import { RunExistsError, RunNotFoundError, StoreFencedError } from './store-error.ts'

/** Writes single records. Every method belongs in a transaction, which makes "the run is there" stay true. */
export class RecordWriter {
  readonly #database: StoreDatabase
  readonly #bootId: string
  readonly #now: () => number

  constructor(database: StoreDatabase, bootId: string, now: () => number) {
    this.#database = database
    this.#bootId = bootId
    this.#now = now
  }

  insertRun(run: NewRun, more: Partial<Pick<RunRecord, 'idempotencyKey' | 'workspace'>> = {}): void {
    const accepted = { ...acceptedRun(run, this.#bootId, this.#now()), ...more }
    if (this.#database.save(runTable, insertRun, accepted) === 0) throw new RunExistsError(run.runId)
  }

  patchRun(runId: string, patch: RunPatch): void {
    this.#assertRun(runId)
    const cells = encoded(() => encodeFields<RunRecord>(runTable, patch))
    const columns = Object.keys(cells)
    if (columns.length > 0) this.#database.run(updateRunColumns(columns), { ...cells, run_id: runId })
  }

  readRun(runId: string): RunRecord {
    const run = this.#database.list(runTable, selectRun, { run_id: runId })[0]
    if (run === undefined) throw new RunNotFoundError(runId)
    return run
  }

  readRequest(runId: string): JsonValue | null {
    const found = this.#database.list(requestTable, selectRequest, { run_id: runId })[0]
    if (found === undefined) throw new RunNotFoundError(runId)
    return found.request
  }

  /** Once, when the run is accepted. */
  putRequest(runId: string, request: JsonValue): void {
    this.#database.run(insertRequest, { run_id: runId, ...encoded(() => encodeFields(requestTable, { request })) })
  }

  /** `null` when none was given. */
  readState(runId: string): JsonValue | null {
    return this.#database.list(runStateTable, selectRunState, { run_id: runId })[0]?.state ?? null
  }

  putState(runId: string, state: JsonValue): void {
    this.#database.run(upsertRunState, { run_id: runId, ...encoded(() => encodeFields(runStateTable, { state })) })
  }

  putStep(step: SavedStep): void {
    this.#assertRun(step.runId)
    const { number = step.step, round = 0, executionMode = null, reason = null, feedback = null } = step
    this.#database.save(stepTable, upsertStep, { ...step, number, round, executionMode, reason, feedback })
  }

  insertSession(session: SessionRecord): void {
    this.#database.save(sessionTable, insertSession, session, { boot_id: this.#bootId })
  }

  putSession(session: SessionRecord): void {
    if (session.runId) this.#assertRun(session.runId)
    this.#assertOwnSession(session.sessionId)
    this.#database.save(sessionTable, upsertSession, session, { boot_id: this.#bootId })
  }

  /** Needs no transaction around it; false when it was not added, for whatever reason. */
  addQueuedSession(session: SessionRecord): boolean {
    return this.#database.save(queuedSessionTable, insertQueuedSession, session, { boot_id: this.#bootId }) === 1
  }

  putArtifact({ isInternal = false, ...artifact }: NewArtifact): void {
    this.#assertRun(artifact.runId)
    this.#database.save(newArtifactTable, upsertArtifact, { ...artifact, isInternal })
  }

  putObservation(observation: ObservationRecord): void {
    this.#assertRun(observation.runId)
    this.#database.save(observationTable, insertObservation, observation)
  }

  putEvent({ runId, sessionId, type, data }: NewEvent): void {
    if (runId) this.#assertRun(runId)
    const event = { id: 0, runId, sessionId, at: this.#now(), type, data }
    this.#database.save(eventTable, insertEvent, event, {}, ['id'])
  }

  #assertOwnSession(sessionId: string): void {
    const row = this.#database.row(selectSessionOwner, { session_id: sessionId })
    if (row === undefined || (row['boot_id'] === this.#bootId && row['status'] !== 'lost')) return
    throw new StoreFencedError(this.#bootId, `does not have session ${sessionId}, which is ${String(row['status'])}`)
  }

  #assertRun(runId: string): void {
    const found = this.#database.row(selectRunExists, { run_id: runId })
    if (found === undefined) throw new RunNotFoundError(runId)
  }
}

function acceptedRun(run: NewRun, bootId: string, now: number): RunRecord {
  return {
    runId: run.runId,
    prompt: run.prompt,
    cwd: run.cwd,
    status: run.status ?? 'queued',
    executionMode: run.executionMode ?? null,
    reason: run.reason ?? null,
    workflow: run.workflow ?? null,
    workflowPath: run.workflowPath ?? null,
    complexity: run.complexity ?? null,
    routing: run.routing ?? null,
    runtime: run.runtime ?? null,
    bootId,
    createdAt: run.createdAt ?? now,
    startedAt: run.startedAt ?? null,
    endedAt: run.endedAt ?? null,
    error: run.error ?? null,
    cancelRequestedAt: null,
    idempotencyKey: null,
    workspace: null,
  }
}
