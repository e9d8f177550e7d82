import type { RunView } from './follow.ts'
import type { JsonValue } from './json-value.ts'
import type { RunRecord } from './run-record.ts'
import type { RunUsage } from './run-usage.ts'
import { readRunUsage } from './run-usage-reader.ts'
import {
  selectStepMarks,
  selectStepResult,
  selectStepStatuses,
  stepMarkTable,
  stepResultTable,
  stepTable,
} from './sql/step-table.ts'
import type { StepMark, StepStatus } from './step-record.ts'
import type { StoreContext } from './store-context.ts'

/** Reads what it is asked for, once, within the transaction in which it was made. */
export class StoredRunView implements RunView {
  readonly run: RunRecord
  readonly at: number
  readonly resultOf: RunView['resultOf']
  readonly #context: StoreContext
  #state: JsonValue | undefined
  #steps: readonly StepMark[] | undefined
  #statuses: readonly StepStatus[] | undefined
  #usage: RunUsage | undefined

  constructor(context: StoreContext, run: RunRecord, at: number) {
    this.#context = context
    this.run = run
    this.at = at
    this.resultOf = (step) =>
      context.database.list(stepResultTable, selectStepResult, { run_id: run.runId, step })[0]?.result ?? null
  }

  get isCancelRequested(): boolean {
    return this.run.cancelRequestedAt !== null
  }

  get state(): JsonValue | null {
    this.#state ??= this.#context.records.readState(this.run.runId)
    return this.#state
  }

  get steps(): readonly StepMark[] {
    this.#steps ??= this.#context.database.list(stepMarkTable, selectStepMarks, { run_id: this.run.runId })
    return this.#steps
  }

  get statuses(): readonly StepStatus[] {
    this.#statuses ??= readStatuses(this.#context, this.run.runId)
    return this.#statuses
  }

  get usage(): RunUsage {
    this.#usage ??= readRunUsage(this.#context.database, this.run.runId)
    return this.#usage
  }
}

function readStatuses({ database }: StoreContext, runId: string): readonly StepStatus[] {
  const joined = database.row(selectStepStatuses, { run_id: runId })?.['statuses']
  return joined === null ? [] : String(joined).split(',').map(stepTable.columns.status.decode)
}
