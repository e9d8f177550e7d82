import type { ErrorRecord } from './error-record.ts'
import type { JsonValue } from './json-value.ts'
import type { NewStep, QueuedStep } from './queued-step.ts'
import type { RecordWriter } from './record-writer.ts'
import type { RunStatus } from './run-record.ts'
import { deleteCheckpoint } from './sql/checkpoint-table.ts'
import { endQueuedStep, enqueueStep, queueTable, reopenStep, requeueStep, selectQueueOfRun } from './sql/queue-table.ts'
import { endStep, stepTable, waitAgain } from './sql/step-table.ts'
import { encodeFields } from './sql/table.ts'
import { encoded, type StoreDatabase } from './store-database.ts'

type StepKey = Pick<QueuedStep, 'runId' | 'step'>

/** What a step came to. */
export interface StepFate {
  readonly status: RunStatus
  readonly endedAt: number
  readonly result?: JsonValue | null
  readonly error?: ErrorRecord | null
}

/** Moves steps in and out of the queue, and their records with them. Every method belongs in a transaction. */
export class QueueWriter {
  readonly #database: StoreDatabase
  readonly #records: RecordWriter

  constructor(database: StoreDatabase, records: RecordWriter) {
    this.#database = database
    this.#records = records
  }

  /** A new step, or one that is done anew. */
  enqueue(runId: string, step: NewStep, heldBy: string | null): void {
    const { name, agent, step: position } = step
    const times = { startedAt: null, endedAt: null }
    this.#records.putStep({ runId, step: position, name, agent, status: 'queued', ...times, result: null, error: null })
    this.#database.save(queueTable, enqueueStep, queuedStep(runId, step, heldBy))
  }

  /** For another attempt; its checkpoint stays. */
  requeue(key: StepKey, notBefore: number, heldBy: string | null, error: ErrorRecord | null = null): void {
    const held = encoded(() => encodeFields(queueTable, { notBefore, heldBy }))
    this.#database.run(requeueStep, { ...cells(key), ...held })
    this.#waitAgain(key, error)
  }

  /** After it had ended. */
  reopen(key: StepKey, attempts: number, heldBy: string | null): void {
    this.#database.run(reopenStep, { ...cells(key), attempts, held_by: heldBy })
    this.#waitAgain(key, null)
  }

  end(key: StepKey, { status, endedAt, result = null, error = null }: StepFate): void {
    this.#database.run(endQueuedStep, cells(key))
    const fate = encoded(() => encodeFields(stepTable, { status, endedAt, result, error }))
    this.#database.run(endStep, { ...cells(key), ...fate })
    if (status === 'completed') this.#database.run(deleteCheckpoint, cells(key))
  }

  /** Ends what of a run still waits, because the run has ended. */
  endWaiting(runId: string, fate: StepFate): void {
    for (const entry of this.entries(runId)) if (entry.state === 'queued') this.end(entry, fate)
  }

  entries(runId: string): readonly QueuedStep[] {
    return this.#database.list(queueTable, selectQueueOfRun, { run_id: runId })
  }

  #waitAgain(key: StepKey, error: ErrorRecord | null): void {
    this.#database.run(waitAgain, { ...cells(key), ...encoded(() => encodeFields(stepTable, { error })) })
  }
}

function cells({ runId, step }: StepKey): { run_id: string; step: number } {
  return { run_id: runId, step }
}

function queuedStep(runId: string, step: NewStep, heldBy: string | null): QueuedStep {
  return {
    runId,
    step: step.step,
    state: 'queued',
    priority: step.priority ?? 0,
    notBefore: step.notBefore ?? 0,
    deadlineAt: step.deadlineAt ?? null,
    repeatable: step.repeatable ?? false,
    attempt: 0,
    maxAttempts: step.maxAttempts ?? 1,
    memoryMb: step.memoryMb ?? null,
    concurrencyKey: step.concurrencyKey ?? null,
    heldBy,
    sessionId: null,
    committedMb: 0,
  }
}
