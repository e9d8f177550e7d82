import type { RunView } from './follow.ts'
import type { JsonValue } from './json-value.ts'
import type { RunRecord } from './run-record.ts'
import type { RunUsage } from './run-usage.ts'
import { readRunUsage } from './run-usage-reader.ts'
import { selectStepMarks, selectStepResult, stepMarkTable, stepResultTable } from './sql/step-table.ts'
import type { StepMark } from './step-record.ts'
import type { StoreContext } from './store-context.ts'

/** Reads what it is asked for, within the transaction in which it was made. */
export class StoredRunView implements RunView {
  readonly run: RunRecord
  readonly at: number
  readonly #context: StoreContext

  constructor(context: StoreContext, run: RunRecord, at: number) {
    this.#context = context
    this.run = run
    this.at = at
  }

  get isCancelRequested(): boolean {
    return this.run.cancelRequestedAt !== null
  }

  get state(): JsonValue | null {
    return this.#context.records.readState(this.run.runId)
  }

  get steps(): readonly StepMark[] {
    return this.#context.database.list(stepMarkTable, selectStepMarks, { run_id: this.run.runId })
  }

  get usage(): RunUsage {
    return readRunUsage(this.#context.database, this.run.runId)
  }

  resultOf(step: number): JsonValue | null {
    const key = { run_id: this.run.runId, step }
    return this.#context.database.list(stepResultTable, selectStepResult, key)[0]?.result ?? null
  }
}
