import type { Follow, Following, JsonValue, RunPatch, RunView, StepMark } from '@mayfly/run-store'
import { type Decision, type Mark, type PlannedStep, type ScheduleEvent, schedule } from '@mayfly/workflows'
import { type Budget, BudgetExhaustedError, findSpent, type SpentBudget, spending } from './budget.ts'
import { conditionHolds } from './condition-facts.ts'
import { beginIdle, elapsedMs, endIdle, parseRunState, type RunState } from './run-state.ts'
import { toStepChange } from './step-change.ts'
import type { StoredWorkflow } from './stored-workflow.ts'

export interface Happening {
  readonly runId: string
  readonly workflow: StoredWorkflow
  readonly event: ScheduleEvent
  /** What a step that is done again hears, when this event sends it back. */
  readonly feedback: string
  /** Only this process may begin what follows. */
  readonly hold: boolean
  /** More to spend, for a run that is taken up again. */
  readonly budget?: Partial<Budget>
  /** The limit that has cut the step short, or keeps it from being tried again. */
  readonly cutBy?: SpentBudget
  /** A limit on cost cannot hold any longer: an agent has not said what it cost. */
  readonly isCostUnknown?: boolean
}

/**
 * What follows from something that has happened to a whole run. Called in the transaction that writes what has happened, hence
 * synchronous: two processes that end two steps at one time see each other's.
 */
export const followRun =
  (happening: Happening): Follow =>
  (view): Following => {
    const state = stateNow(happening, view)
    if (view.isCancelRequested) return { state: asJson(endIdle(state, view.at)) }
    const { steps } = view
    const marks = steps.map((mark) => toMark(happening.workflow, mark, state))
    const wasCutShort = happening.event.kind === 'ended' && isCutShort(marks[happening.event.step])
    // The process ends, or somebody does not want it any more: the run ends with the step, and can be taken up again.
    if (wasCutShort) return { state: asJson(beginIdle(state, view.at)) }
    const decision = decide(happening, view, steps, marks)
    const spent = happening.cutBy ?? (wantsMore(decision) ? findSpent(state.budget, spendingOf(view, state)) : undefined)
    if (spent !== undefined) return endSpent(happening, view, marks, state, spent)
    if (happening.isCostUnknown && state.budget.costUsd !== null) return endCostUnknown(view, state)
    return {
      steps: decision.changes.map((change) => toStepChange(happening.workflow, change, steps[change.step]?.agent)),
      run: runPatch(decision, view),
      state: asJson(stateAfter(state, decision, happening.event, view, steps)),
      hold: happening.hold,
    }
  }

const stateNow = ({ event, budget }: Happening, view: RunView): RunState => {
  const state = parseRunState(view.state)
  const isBegun = event.kind === 'resumed' || event.kind === 'approved' || event.kind === 'rejected'
  const awake = isBegun ? endIdle(state, view.at) : state
  return { ...awake, budget: { ...awake.budget, ...budget } }
}

const toMark = ({ plan }: StoredWorkflow, { step, status, round, agent }: StepMark, state: RunState): Mark => ({
  step,
  status,
  round,
  agent: Math.max(0, (plan.steps[step] as PlannedStep).agents.indexOf(agent)),
  approved: state.approvals[step] === round,
})

const isCutShort = (mark: Mark | undefined): boolean => mark?.status === 'interrupted' || mark?.status === 'cancelled'

const decide = (
  { workflow, event, feedback }: Happening,
  view: RunView,
  steps: readonly StepMark[],
  marks: readonly Mark[],
): Decision =>
  schedule(workflow.plan, marks, event, {
    condition: (step) => conditionHolds(workflow, step, view.run, steps, (other) => view.resultOf(other)),
    feedback: () => feedback,
  })

const wantsMore = ({ changes, run }: Decision): boolean =>
  run.status === 'going' || run.status === 'waiting' || changes.some(({ to }) => to === 'queued')

const spendingOf = (view: RunView, state: RunState) =>
  spending(view.usage, elapsedMs(state, view.run.createdAt, view.at))

/** What runs may come to its end; what waits will not begin. */
const endSpent = (
  { runId, workflow }: Happening,
  view: RunView,
  marks: readonly Mark[],
  state: RunState,
  spent: SpentBudget,
): Following => {
  const { name, message, code } = new BudgetExhaustedError(spent, runId)
  const isAtWork = marks.some(({ status }) => status === 'running')
  const waiting = marks.filter(({ status }) => status === 'queued').map(({ step }) => workflow.plan.steps[step] as PlannedStep)
  return {
    steps: waiting.map(({ position, name: stepName, agents }) => ({
      status: 'cancelled',
      ...{ step: position, name: stepName, agent: agents[0], reason: 'budget_exhausted' },
    })),
    run: isAtWork ? {} : { status: 'failed', endedAt: view.at, error: { name, message, code } },
    state: asJson(isAtWork ? state : beginIdle(state, view.at)),
    events: isAtWork ? [] : [{ runId, sessionId: null, type: 'budget_exhausted', data: { ...spent, text: message } }],
  }
}

const endCostUnknown = (view: RunView, state: RunState): Following => ({
  run: {
    status: 'failed',
    endedAt: view.at,
    error: {
      name: 'CostUnreportedError',
      code: 'COST_UNREPORTED',
      message:
        'The limit on cost cannot hold: the agent of a step has not reported what it cost. Report it (0 for nothing), or drop --max-cost.',
    },
  },
  state: asJson(beginIdle(state, view.at)),
})

const runPatch = ({ run }: Decision, view: RunView): RunPatch => {
  switch (run.status) {
    case 'going':
      return {}
    case 'waiting':
      return { status: 'waiting', endedAt: null, error: null }
    case 'completed':
      return { status: 'completed', endedAt: view.at, error: null }
    case 'failed':
      return { status: 'failed', endedAt: view.at, error: { name: 'StepError', code: run.code, message: run.message } }
  }
}

const stateAfter = (
  state: RunState,
  { run }: Decision,
  event: ScheduleEvent,
  view: RunView,
  steps: readonly StepMark[],
): RunState => {
  const approved = event.kind === 'approved' ? withApproval(state, event.step, steps) : state
  return run.status === 'going' ? endIdle(approved, view.at) : beginIdle(approved, view.at)
}

const withApproval = (state: RunState, step: number, steps: readonly StepMark[]): RunState => ({
  ...state,
  approvals: { ...state.approvals, [step]: steps[step]?.round ?? 0 },
})

const asJson = (state: RunState): JsonValue => ({ ...state, budget: { ...state.budget }, approvals: { ...state.approvals } })
