import type { ErrorRecord } from './error-record.ts'
import type { JsonValue } from './json-value.ts'
import type { NewStep, QueuedStep } from './queued-step.ts'
import type { RunRecord, RunStatus } from './run-record.ts'
import { deleteCheckpoint } from './sql/checkpoint-table.ts'
import {
  endQueuedStep,
  enqueueStep,
  queueTable,
  reopenStep,
  requeueStep,
  selectQueuedOfRun,
  selectQueuedStep,
  selectQueueOfRun,
} from './sql/queue-table.ts'
import { endStep, stepTable, waitAgain } from './sql/step-table.ts'
import { encodeFields } from './sql/table.ts'
import type { StepChange } from './step-change.ts'
import type { StepStatus } from './step-record.ts'
import type { StepWriter } from './step-writer.ts'
import { encoded, type StoreDatabase } from './store-database.ts'
import { StoreInputError } from './store-error.ts'

type StepKey = Pick<QueuedStep, 'runId' | 'step'>
type RunKey = Pick<RunRecord, 'runId' | 'workspace'>

/** What a step came to. */
export interface StepFate {
  readonly status: StepStatus
  readonly endedAt: number
  readonly result?: JsonValue | null
  readonly error?: ErrorRecord | null
}

/** Moves steps in and out of the queue, and their records with them. Every method belongs in a transaction. */
export class QueueWriter {
  readonly #database: StoreDatabase
  readonly #steps: StepWriter

  constructor(database: StoreDatabase, steps: StepWriter) {
    this.#database = database
    this.#steps = steps
  }

  /** A new step, or one that is done anew. */
  enqueue(run: RunKey, step: NewStep, heldBy: string | null): void {
    this.#steps.putQueued(run.runId, { ...step, status: 'queued' })
    this.#database.save(queueTable, enqueueStep, queuedStep(run, step, heldBy))
  }

  /** Throws `StoreInputError` for a step that is at work: its attempt says what it comes to. */
  change(run: RunKey, change: StepChange, heldBy: string | null, at: number): void {
    const key = { runId: run.runId, step: change.step }
    const state = this.#entry(key)?.state
    if (state === 'claimed')
      throw new StoreInputError(`Change of step ${change.step}`, 'a step not at work', 'one that is')
    if (change.status === 'queued') return this.enqueue(run, change, heldBy)
    if (state === 'queued') this.#database.run(endQueuedStep, cells(key))
    this.#steps.put(run.runId, change, at)
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

  /** Ends what of a run still waits, because the run has ended: in the queue and, when it was cancelled, for its turn or somebody. */
  endWaiting(runId: string, fate: StepFate): void {
    for (const entry of this.#database.list(queueTable, selectQueuedOfRun, { run_id: runId })) this.end(entry, fate)
    if (fate.status === 'cancelled') this.#steps.cancelOpen(runId, fate.endedAt)
  }

  /** Likewise: what has not begun when its run has completed was not needed, else it came to what the run came to. */
  endWithRun(runId: string, status: RunStatus, error: ErrorRecord | null, endedAt: number): void {
    this.endWaiting(runId, { status: status === 'completed' ? 'cancelled' : status, endedAt, error })
  }

  entries(runId: string): readonly QueuedStep[] {
    return this.#database.list(queueTable, selectQueueOfRun, { run_id: runId })
  }

  #entry({ runId, step }: StepKey): QueuedStep | undefined {
    return this.#database.list(queueTable, selectQueuedStep, { run_id: runId, step })[0]
  }

  #waitAgain(key: StepKey, error: ErrorRecord | null): void {
    this.#database.run(waitAgain, { ...cells(key), ...encoded(() => encodeFields(stepTable, { error })) })
  }
}

function cells({ runId, step }: StepKey): { run_id: string; step: number } {
  return { run_id: runId, step }
}

function queuedStep({ runId, workspace }: RunKey, step: NewStep, heldBy: string | null): QueuedStep {
  return {
    runId,
    workspace,
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
