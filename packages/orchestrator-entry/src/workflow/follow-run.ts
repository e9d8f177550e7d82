import type { ErrorRecord, Follow, Following, JsonValue, RunPatch, RunView } from '@mayfly/run-store'
import { type Change, type Decision, type Mark, type ScheduleEvent, schedule } from '@mayfly/workflows'
import { type Budget, BudgetExhaustedError, findSpent, hasLimit, type SpentBudget, spending } from './budget.ts'
import { conditionHolds } from './condition-facts.ts'
import { beginIdle, elapsedMs, endIdle, parseRunState, type RunState } from './run-state.ts'
import { toStepChange } from './step-change.ts'
import { nameStep } from './step-names.ts'
import { StoredMarks } from './stored-marks.ts'
import type { StoredWorkflow } from './stored-workflow.ts'

export interface Happening {
  readonly runId: string
  readonly workflow: StoredWorkflow
  readonly event: ScheduleEvent
  /** What a step that is done again hears, when this event sends it back. */
  readonly feedback: string
  /** Why the step has failed, when it has. */
  readonly because?: string | null
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
    const marks = new StoredMarks(view, state)
    const decision = happening.cutBy === undefined ? decide(happening, view, marks) : nothingFollows(state)
    const spent = happening.cutBy ?? state.spent ?? findSpentNow(decision, view, state)
    if (spent !== undefined) return endSpent({ ...happening, decision, marks, state, spent }, view)
    if (happening.isCostUnknown && state.budget.costUsd !== null) return endCostUnknown(happening, view, state)
    return {
      steps: decision.changes.map((change) => toStepChange(happening.workflow, change, state)),
      run: runPatch(decision, marks, view, happening),
      state: asJson({ ...stateAfter(state, decision, view), sentBack: decision.sentBack }),
      hold: happening.hold,
    }
  }

/** A step that was cut short has not failed by its own work: it is sent back to nobody, and no other agent takes it over. */
const nothingFollows = ({ sentBack }: RunState): Decision => ({ changes: [], run: { status: 'going' }, sentBack })

const stateNow = ({ event, budget }: Happening, view: RunView): RunState => {
  const state = parseRunState(view.state)
  const isBegun = event.kind === 'resumed' || event.kind === 'approved' || event.kind === 'rejected'
  const { endedAt } = view.run
  // A run that was cancelled, or lost with its process, has stood still since its end without a word about it.
  const still = endedAt === null ? state : beginIdle(state, endedAt)
  const awake = isBegun ? endIdle(still, view.at) : state
  return { ...awake, budget: { ...awake.budget, ...budget }, spent: event.kind === 'resumed' ? null : awake.spent }
}

const decide = ({ workflow, event, feedback }: Happening, view: RunView, marks: StoredMarks): Decision =>
  schedule(workflow.plan, marks, event, {
    condition: (step) => conditionHolds(workflow, step, view.run, view),
    feedback: () => feedback,
  })

/** Only what would begin needs something to spend. */
const findSpentNow = ({ changes }: Decision, view: RunView, state: RunState): SpentBudget | undefined =>
  hasLimit(state.budget) && changes.some(({ to }) => to === 'queued')
    ? findSpent(
        state.budget,
        spending(view.usage, elapsedMs(state, view.run.createdAt, view.at, view.usage.unattendedMs)),
      )
    : undefined

interface SpentRun extends Happening {
  readonly decision: Decision
  readonly marks: StoredMarks
  readonly state: RunState
  readonly spent: SpentBudget
}

/** What runs may come to its end; what waits does not begin until the run is taken up with more to spend. */
const endSpent = ({ runId, workflow, decision, marks, state, spent }: SpentRun, view: RunView): Following => {
  const decided = new Set(decision.changes.map(({ step }) => step))
  const queued = marks.stepsThatAre('queued').filter((step) => !decided.has(step))
  const changes: readonly Change[] = [
    ...decision.changes.map((change) => (change.to === 'queued' ? { ...change, to: 'pending' as const } : change)),
    ...queued.map((step) => ({ ...(marks.at(step) as Mark), to: 'pending' as const })),
  ]
  const after = { ...state, sentBack: decision.sentBack, spent }
  const steps = changes.map((change) => toStepChange(workflow, change, state))
  if ((marks.counts.running ?? 0) > 0) return { steps, state: asJson(after) }
  const { name, message, code } = new BudgetExhaustedError(spent, runId)
  return {
    steps,
    run: { status: 'failed', endedAt: view.at, error: { name, message, code } },
    state: asJson(beginIdle(after, view.at)),
    events: [{ runId, sessionId: null, type: 'budget_exhausted', data: { ...spent, text: message } }],
  }
}

const endCostUnknown = ({ runId, workflow, event }: Happening, view: RunView, state: RunState): Following => {
  const planned = event.kind === 'ended' ? workflow.plan.steps[event.step] : undefined
  const message =
    `The limit on cost cannot hold: the agent of ${planned === undefined ? 'a step' : nameStep(planned)} has not reported what it cost. ` +
    `Let it report that (0 for nothing), then go on: mayfly retry ${runId}; or begin a new run without --max-cost.`
  return {
    run: {
      status: 'failed',
      endedAt: view.at,
      error: { name: 'CostUnreportedError', code: 'COST_UNREPORTED', message },
    },
    state: asJson(beginIdle(state, view.at)),
  }
}

const runPatch = ({ run }: Decision, marks: StoredMarks, view: RunView, happening: Happening): RunPatch => {
  switch (run.status) {
    case 'going':
      return {}
    case 'waiting':
      return { status: 'waiting', endedAt: null, error: null }
    case 'completed':
      return { status: 'completed', endedAt: view.at, error: null }
    case 'failed':
      return { status: 'failed', endedAt: view.at, error: failureOf(run, happening) }
    // The process ends, or somebody does not want it any more; it can be taken up again.
    case 'stopped': {
      const isCancelled = run.steps.some((step) => marks.at(step)?.status === 'cancelled')
      return { status: isCancelled ? 'cancelled' : 'interrupted', endedAt: view.at }
    }
  }
}

/** The scheduler knows which step has failed, and not of what. */
const failureOf = (
  { step, code, message }: Extract<Decision['run'], { status: 'failed' }>,
  { event, because }: Happening,
): ErrorRecord => {
  const isItself = event.kind === 'ended' && event.step === step && because != null
  return { name: 'StepError', code, message: isItself ? `${message}: ${because}` : message }
}

const stateAfter = (state: RunState, { run }: Decision, view: RunView): RunState =>
  run.status === 'going' ? endIdle(state, view.at) : beginIdle(state, view.at)

const asJson = (state: RunState): JsonValue => state as unknown as JsonValue
