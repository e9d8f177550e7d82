import type { PlannedStep } from '../plan/planned-step.ts'
import type { WorkflowPlan } from '../plan/workflow-plan.ts'
import { type Change, type Move, markAfter } from './change.ts'
import type { Mark, MarkStatus, StepMemory } from './mark.ts'
import type { ScheduleQuestions } from './questions.ts'
import { misplaced } from './schedule-error.ts'
import type { StepMarks } from './step-marks.ts'
import { Tally } from './tally.ts'
import { reached, type Topology, topologyOf } from './topology.ts'

/** One call of `schedule`: the marks as they were given, with what has been decided so far laid over them. */
export class Turn {
  readonly plan: WorkflowPlan
  readonly topology: Topology
  readonly ask: ScheduleQuestions
  readonly tally: Tally
  readonly #marks: StepMarks
  readonly #after = new Map<number, Mark>()
  readonly #changes = new Map<number, Change>()
  #sentBack: number
  #blocked: Set<number> | undefined

  /** @throws {ScheduleError} SCHEDULE_PLAN_INVALID */
  constructor(plan: WorkflowPlan, marks: StepMarks, ask: ScheduleQuestions) {
    this.plan = plan
    this.topology = topologyOf(plan)
    this.ask = ask
    this.tally = new Tally(marks.counts)
    this.#marks = marks
    this.#sentBack = marks.sentBack
  }

  /** @throws {ScheduleError} SCHEDULE_MARKS_INVALID: there is no such step */
  at(step: number): Mark {
    const mark = this.#after.get(step) ?? this.#marks.at(step)
    if (mark === undefined) throw misplaced(step, this.plan)
    return mark
  }

  planned(step: number): PlannedStep {
    const planned = this.plan.steps[step]
    if (planned === undefined) throw misplaced(step, this.plan)
    return planned
  }

  /** As people know it: `step 1.5 (Review)`. */
  named(step: number): string {
    const { number, name } = this.planned(step)
    return `step ${number} (${name})`
  }

  stepsThatAre(...statuses: readonly MarkStatus[]): number[] {
    const unchanged = statuses
      .flatMap((status) => this.#marks.stepsThatAre(status))
      .filter((step) => !this.#after.has(step))
    const changed = [...this.#after.values()].filter(({ status }) => statuses.includes(status))
    return [...unchanged, ...changed.map(({ step }) => step)].sort((one, other) => one - other)
  }

  /** How often the run was sent back in all. */
  get sentBack(): number {
    return this.#sentBack
  }

  /** Whether further steps are kept from beginning. */
  get isHalted(): boolean {
    return this.tally.failed + this.tally.stopped > 0
  }

  /** Whether they would be without this failed step. */
  isHaltedBesides(step: number): boolean {
    const own = this.at(step).status === 'failed' ? 1 : 0
    return this.tally.failed + this.tally.stopped > own
  }

  isDone(step: number): boolean {
    const { status, approved } = this.at(step)
    if (status === 'skipped') return true
    return status === 'completed' && (approved || this.planned(step).approval !== 'after')
  }

  areNeedsDone(step: number): boolean {
    // Of steps that begin together those further on are mostly done later: a join looks at one of them, not at all.
    return this.needsOf(step).findLast((need) => !this.isDone(need)) === undefined
  }

  needsOf(step: number): readonly number[] {
    return this.topology.needs[step] ?? []
  }

  dependantsOf(step: number): readonly number[] {
    return this.topology.dependants[step] ?? []
  }

  /** Whether something still runs that began from what this step made in an earlier round. */
  isBlocked(step: number): boolean {
    if (this.#sentBack === 0) return false
    this.#blocked ??= this.#findBlocked()
    return this.#blocked.has(step)
  }

  #findBlocked(): Set<number> {
    const stale = this.#marks.stepsThatAre('running').filter((step) => !this.areNeedsDone(step))
    return new Set(stale.flatMap((step) => [...reached(step, this.topology.needs)]))
  }

  /** The step goes there. What is not given of its memory stays as it is. */
  put(step: number, move: Move, memory: Partial<StepMemory> = {}): void {
    const before = this.at(step)
    const { round, agent, approved, sentBack, feedback, error } = before
    const change: Change = { round, agent, approved, sentBack, feedback, error, ...memory, ...move, step }
    this.tally.move(before.status, move.to)
    this.#sentBack += change.sentBack - sentBack
    // Only by this can the work of what runs become stale.
    if (move.to === 'pending') this.#blocked = undefined
    this.#changes.set(step, change)
    this.#after.set(step, markAfter(change))
  }

  changes(): Change[] {
    const changes = [...this.#changes.values()].filter((change) => this.#isNews(change))
    return changes.sort((one, other) => one.step - other.step)
  }

  /** A step that was queued in this turn and withdrawn in it stands where it stood. */
  #isNews(change: Change): boolean {
    const before = this.#marks.at(change.step)
    const after = markAfter(change)
    return before === undefined || Object.entries(after).some(([key, value]) => before[key as keyof Mark] !== value)
  }
}
