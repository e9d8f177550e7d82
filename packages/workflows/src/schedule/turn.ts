import type { PlannedStep } from '../plan/planned-step.ts'
import type { WorkflowPlan } from '../plan/workflow-plan.ts'
import { type Change, type Move, markAfter } from './change.ts'
import type { Mark, MarkStatus, StepMemory } from './mark.ts'
import type { ScheduleQuestions } from './questions.ts'
import { ScheduleError } from './schedule-error.ts'
import { Tally } from './tally.ts'
import { reached, type Topology, topologyOf } from './topology.ts'

/** One call of `schedule`: the marks as they were given, with what has been decided so far laid over them. */
export class Turn {
  readonly plan: WorkflowPlan
  readonly topology: Topology
  readonly ask: ScheduleQuestions
  readonly tally: Tally = new Tally()
  readonly #marks: readonly Mark[]
  readonly #after = new Map<number, Mark>()
  readonly #changes = new Map<number, Change>()
  readonly #running: number[] = []
  #sentBack = 0
  #blocked: Set<number> | undefined

  /** @throws {ScheduleError} SCHEDULE_PLAN_INVALID, SCHEDULE_MARKS_INVALID */
  constructor(plan: WorkflowPlan, marks: readonly Mark[], ask: ScheduleQuestions) {
    this.plan = plan
    this.topology = topologyOf(plan)
    this.ask = ask
    this.#marks = marks
    if (marks.length !== plan.steps.length) throw misplaced(null, plan)
    marks.forEach((mark, step) => {
      this.#count(mark, step)
    })
  }

  #count({ step, status, sentBack }: Mark, expected: number): void {
    if (step !== expected) throw misplaced(expected, this.plan)
    this.tally.add(status, 1)
    this.#sentBack += sentBack
    if (status === 'running') this.#running.push(step)
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

  stepsThatAre(...statuses: readonly MarkStatus[]): number[] {
    const steps: number[] = []
    for (let step = 0; step < this.#marks.length; step++) if (statuses.includes(this.at(step).status)) steps.push(step)
    return steps
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
    this.tally.add(before.status, -1)
    this.tally.add(move.to, 1)
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

function misplaced(step: number | null, { name, steps }: WorkflowPlan): ScheduleError {
  const where = step === null ? '' : `, and got another at ${step}`
  const message = `expected one mark for each of the ${steps.length} steps of ${name}, by position${where}`
  return new ScheduleError('SCHEDULE_MARKS_INVALID', step, message)
}
