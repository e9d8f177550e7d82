import type { RunView, StepMark } from '@mayfly/run-store'
import { blankMemory, type Mark, type MarkStatus, type StepMarks } from '@mayfly/workflows'
import type { RunState } from './run-state.ts'
import { fromStored } from './step-memory.ts'

/** What the scheduler sees of the steps of a run: read from the store as it asks, in the transaction that the view belongs to. */
export class StoredMarks implements StepMarks {
  readonly #view: Pick<RunView, 'stepAt' | 'counts' | 'stepsThatAre'>
  readonly #state: RunState
  readonly #known: Map<number, Mark> = new Map()

  constructor(view: Pick<RunView, 'stepAt' | 'counts' | 'stepsThatAre'>, state: RunState) {
    this.#view = view
    this.#state = state
  }

  get counts(): RunView['counts'] {
    return this.#view.counts
  }

  get sentBack(): number {
    return this.#state.sentBack
  }

  stepsThatAre(status: MarkStatus): readonly number[] {
    return this.#view.stepsThatAre(status)
  }

  at(step: number): Mark | undefined {
    const known = this.#known.get(step)
    if (known !== undefined) return known
    const row = this.#view.stepAt(step)
    if (row === undefined) return undefined
    const mark = toMark(row, this.#state)
    this.#known.set(step, mark)
    return mark
  }
}

export const toMark = ({ step, status, memory }: StepMark, state: RunState): Mark => ({
  ...(memory === null ? (state.memory[step] ?? blankMemory) : fromStored(memory)),
  ...{ step, status },
})
