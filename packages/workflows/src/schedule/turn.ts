import type { PlannedStep } from '../plan/planned-step.ts'
import type { WorkflowPlan } from '../plan/workflow-plan.ts'
import { type Change, type Move, markAfter } from './change.ts'
import type { Mark, MarkStatus, StepMemory } from './mark.ts'
import type { ScheduleQuestions } from './questions.ts'
import { ScheduleError } from './schedule-error.ts'
import { reached, type Topology, topologyOf } from './topology.ts'

/** One call of `schedule`: the marks as they were given, with what has been decided so far laid over them. */
export class Turn {
  readonly plan: WorkflowPlan
  readonly topology: Topology
  readonly ask: ScheduleQuestions
  readonly #marks: readonly Mark[]
  readonly #after = new Map<number, Mark>()
  readonly #changes = new Map<number, Change>()
  readonly #running: number[] = []
  readonly #counts: Record<MarkStatus, number> = {
    ...{ pending: 0, queued: 0, running: 0, waiting: 0, completed: 0, failed: 0, skipped: 0, cancelled: 0 },
    interrupted: 0,
  }
  #sentBack = 0
  #blocked: Set<number> | undefined

  /** @throws {ScheduleError} SCHEDULE_PLAN_INVALID, SCHEDULE_MARKS_INVALID */
  constructor(plan: WorkflowPlan, marks: readonly Mark[], ask: ScheduleQuestions) {
    this.plan = plan
    this.topology = topologyOf(plan)
    this.ask = ask
    this.#marks = marks
    if (marks.length !== plan.steps.length) throw misplaced(null, plan)
    for (let step = 0; step < marks.length; step++) this.#count(this.at(step), step)
  }

  #count(mark: Mark, step: number): void {
    if (mark.step !== step) throw misplaced(step, this.plan)
    this.#counts[mark.status]++
    this.#sentBack += mark.sentBack
    if (mark.status === 'running') this.#running.push(step)
  }

  /** @throws {ScheduleError} SCHEDULE_MARKS_INVALID: there is no such step */
  at(step: number): Mark {
    const mark = this.#after.get(step) ?? this.#marks[step]
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

  /** How many steps stand so. */
  count(status: MarkStatus): number {
    return this.#counts[status]
  }

  stepsThatAre(...statuses: readonly MarkStatus[]): number[] {
    return [...this.#marks.keys()].filter((step) => statuses.includes(this.at(step).status))
  }

  /** How often the run was sent back in all. */
  get sentBack(): number {
    return this.#sentBack
  }

  /** Whether anything but this step keeps further ones from beginning. */
  isHaltedBesides(step: number): boolean {
    const { failed, interrupted, cancelled } = this.#counts
    return failed + interrupted + cancelled > (isHalt(this.at(step).status) ? 1 : 0)
  }

  get isHalted(): boolean {
    return this.#counts.failed + this.#counts.interrupted + this.#counts.cancelled > 0
  }

  isDone(step: number): boolean {
    const { status, approved } = this.at(step)
    if (status === 'skipped') return true
    return status === 'completed' && (approved || this.planned(step).approval !== 'after')
  }

  areNeedsDone(step: number): boolean {
    return this.needsOf(step).every((need) => this.isDone(need))
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
    const stale = this.#running.filter((step) => !this.areNeedsDone(step))
    return new Set(stale.flatMap((step) => [...reached(step, this.topology.needs)]))
  }

  /** The step goes there. What is not given of its memory stays as it is. */
  put(step: number, move: Move, memory: Partial<StepMemory> = {}): void {
    const before = this.at(step)
    const { round, agent, approved, sentBack, feedback, error } = before
    const change: Change = { round, agent, approved, sentBack, feedback, error, ...memory, ...move, step }
    this.#counts[before.status]--
    this.#counts[move.to]++
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
    const before = this.#marks[change.step]
    const after = markAfter(change)
    return before === undefined || Object.entries(after).some(([key, value]) => before[key as keyof Mark] !== value)
  }
}

function isHalt(status: MarkStatus): boolean {
  return status === 'failed' || status === 'interrupted' || status === 'cancelled'
}

function misplaced(step: number | null, { name, steps }: WorkflowPlan): ScheduleError {
  const where = step === null ? '' : `, and got another at ${step}`
  const message = `expected one mark for each of the ${steps.length} steps of ${name}, by position${where}`
  return new ScheduleError('SCHEDULE_MARKS_INVALID', step, message)
}
