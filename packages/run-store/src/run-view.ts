import type { RunView, StepCounts } from './follow.ts'
import type { JsonValue } from './json-value.ts'
import type { RunRecord } from './run-record.ts'
import type { RunUsage } from './run-usage.ts'
import { readRunUsage } from './run-usage-reader.ts'
import { selectStepCounts } from './sql/step-counts.ts'
import {
  selectStepMark,
  selectStepMarks,
  selectStepResult,
  selectStepsThatAre,
  stepMarkTable,
  stepResultTable,
} from './sql/step-table.ts'
import type { StepMark, StepStatus } from './step-record.ts'
import type { StoreContext } from './store-context.ts'

/** Who asks for more steps than this is likely to ask for most: one by one each takes 2.7 us, of all together a third of that. */
const MOST_ONE_BY_ONE = 100

/** Reads what it is asked for, once, within the transaction in which it was made. */
export class StoredRunView implements RunView {
  readonly run: RunRecord
  readonly at: number
  readonly resultOf: RunView['resultOf']
  readonly #context: StoreContext
  readonly #known = new Map<number, StepMark | undefined>()
  #state: JsonValue | undefined
  #steps: readonly StepMark[] | undefined
  #byStep: ReadonlyMap<number, StepMark> | undefined
  #counts: StepCounts | undefined
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

  readonly stepAt = (step: number): StepMark | undefined => {
    if (this.#known.size >= MOST_ONE_BY_ONE) return this.#all.get(step)
    if (!this.#known.has(step)) this.#known.set(step, this.#read(step))
    return this.#known.get(step)
  }

  get counts(): StepCounts {
    this.#counts ??= Object.fromEntries(
      this.#context.database
        .rows(selectStepCounts, { run_id: this.run.runId })
        .map(({ status, count }) => [String(status), Number(count)]),
    )
    return this.#counts
  }

  readonly stepsThatAre = (status: StepStatus): readonly number[] => {
    // No index has those that are pending, completed or skipped; that there are none is known without one.
    if ((this.counts[status] ?? 0) === 0) return []
    const rows = this.#context.database.rows(selectStepsThatAre(status), { run_id: this.run.runId })
    return rows.map(({ step }) => Number(step))
  }

  get usage(): RunUsage {
    this.#usage ??= readRunUsage(this.#context.database, this.run.runId)
    return this.#usage
  }

  #read(step: number): StepMark | undefined {
    return this.#context.database.list(stepMarkTable, selectStepMark, { run_id: this.run.runId, step })[0]
  }

  get #all(): ReadonlyMap<number, StepMark> {
    this.#byStep ??= new Map(this.steps.map((mark) => [mark.step, mark]))
    return this.#byStep
  }
}
