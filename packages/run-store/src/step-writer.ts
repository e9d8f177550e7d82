import { deleteCheckpoint, deleteStrangeCheckpoint } from './sql/checkpoint-table.ts'
import { cancelOpenSteps, endStepNow, type PlannedStep, plannedStepTable, upsertStepColumns } from './sql/step-table.ts'
import { type Cells, encodeFields } from './sql/table.ts'
import type { OtherChange, QueuedChange, StepChange } from './step-change.ts'
import { encoded, type StoreDatabase } from './store-database.ts'

const nothingYet = { startedAt: null, endedAt: null, result: null, error: null } as const

const nothingPlanned: Cells = encodeFields(plannedStepTable, {
  ...{ round: 0, executionMode: null, reason: null, feedback: null, task: null, memory: null },
  ...nothingYet,
} as Partial<PlannedStep>)

/** Writes what steps come to without an attempt. Every method belongs in a transaction. */
export class StepWriter {
  readonly #database: StoreDatabase

  constructor(database: StoreDatabase) {
    this.#database = database
  }

  putQueued(runId: string, change: QueuedChange): void {
    const { step, agent, round = null } = change
    this.#database.run(deleteStrangeCheckpoint, { run_id: runId, step, agent, round })
    this.#put(runId, change, nothingYet)
  }

  put(runId: string, change: OtherChange, at: number): void {
    const { status, error, step } = change
    const key = { run_id: runId, step }
    this.#put(runId, change, status === 'pending' ? nothingYet : { ...(error !== undefined && { error }) })
    if (status === 'pending' || status === 'completed') this.#database.run(deleteCheckpoint, key)
    if (status !== 'pending' && status !== 'waiting') this.#database.run(endStepNow, { ...key, at })
  }

  /** Ends what nobody is at work on, because the run was cancelled. */
  cancelOpen(runId: string, at: number): void {
    this.#database.run(cancelOpenSteps, { run_id: runId, at })
  }

  #put(runId: string, change: StepChange, outcome: Partial<PlannedStep>): void {
    const { step, name, agent, status, number, round, executionMode, reason, feedback, task, memory } = change
    const fields = { name, agent, status, number, round, executionMode, reason, feedback, task, memory, ...outcome }
    const given = encoded(() => encodeFields(plannedStepTable, fields as Partial<PlannedStep>))
    const key = encoded(() => encodeFields(plannedStepTable, { runId, step }))
    const sql = upsertStepColumns(Object.keys(given))
    this.#database.run(sql, { ...nothingPlanned, number: step, ...given, ...key })
  }
}
