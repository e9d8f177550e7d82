import type { WorkflowPlan } from '../plan/workflow-plan.ts'
import type { Mark, MarkStatus } from './mark.ts'
import { misplaced } from './schedule-error.ts'

/**
 * How the steps of a run stand. Most decisions need to know few of them, so whoever keeps the marks elsewhere reads one when it is
 * asked for. All answers are about one moment.
 */
export interface StepMarks {
  /** Undefined when there is no step at this position. */
  at(step: number): Mark | undefined
  /** How many steps have each status; one that none has may be missing. */
  readonly counts: Readonly<Partial<Record<MarkStatus, number>>>
  /** The positions of those that have it, in order. */
  stepsThatAre(status: MarkStatus): readonly number[]
  /** How often they have sent the run back, all together. */
  readonly sentBack: number
}

/** Marks that are at hand, one for each step, by position. */
export class ListedMarks implements StepMarks {
  readonly counts: Readonly<Partial<Record<MarkStatus, number>>>
  readonly sentBack: number
  readonly #marks: readonly Mark[]

  /** @throws {ScheduleError} SCHEDULE_MARKS_INVALID */
  constructor(plan: WorkflowPlan, marks: readonly Mark[]) {
    const counts: Partial<Record<MarkStatus, number>> = {}
    let sentBack = 0
    marks.forEach((mark, step) => {
      if (mark.step !== step) throw misplaced(step, plan)
      counts[mark.status] = (counts[mark.status] ?? 0) + 1
      sentBack += mark.sentBack
    })
    this.#marks = marks
    this.counts = counts
    this.sentBack = sentBack
  }

  at(step: number): Mark | undefined {
    return this.#marks[step]
  }

  stepsThatAre(status: MarkStatus): readonly number[] {
    return this.#marks.filter((mark) => mark.status === status).map(({ step }) => step)
  }
}
