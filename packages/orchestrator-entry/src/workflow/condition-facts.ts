import type { JsonValue, RunRecord, StepStatus } from '@mayfly/run-store'
import { evaluateCondition, type PlannedStep, type StepFacts, type WorkflowPlan } from '@mayfly/workflows'
import type { StoredWorkflow } from './stored-workflow.ts'

/** What a condition may ask of the steps before it: read when it does. */
interface SeenSteps {
  readonly stepAt: (step: number) => { readonly status: StepStatus; readonly round: number } | undefined
  readonly resultOf: (step: number) => JsonValue | null
}

/** Whether a step is to run. @throws ConditionError `CONDITION_FAILED` */
export const conditionHolds = (
  { plan, inputs }: StoredWorkflow,
  step: number,
  { runId, prompt, complexity }: Pick<RunRecord, 'runId' | 'prompt' | 'complexity'>,
  seen: SeenSteps,
): boolean => {
  const { condition } = plan.steps[step] as PlannedStep
  if (condition === undefined) return true
  return evaluateCondition(condition, {
    run: { id: runId, prompt, complexity: complexity ?? 0.5, workflow: plan.name },
    inputs,
    steps: condition.kind === 'cel' ? stepFacts(plan, seen) : {},
  })
}

/** What earlier steps came to, by name and by number. Results may be large and many: only what a condition asks for is read. */
const stepFacts = (plan: WorkflowPlan, { stepAt, resultOf }: SeenSteps): Readonly<Record<string, StepFacts>> => {
  const positions = positionsOf(plan)
  const get = (key: string | symbol): StepFacts | undefined => {
    const step = positions.get(key)
    const seen = step === undefined ? undefined : stepAt(step)
    return step === undefined || seen === undefined ? undefined : factsOf(resultOf(step), seen.status, seen.round)
  }
  return new Proxy<Record<string, StepFacts>>(
    {},
    {
      get: (_none, key) => get(key),
      has: (_none, key) => positions.has(key),
      ownKeys: () => [...positions.keys()],
      getOwnPropertyDescriptor: (_none, key) =>
        positions.has(key) ? { enumerable: true, configurable: true, get: () => get(key) } : undefined,
    },
  )
}

// Found by the plan's identity, as its topology is: made anew, it would take each condition as long as there are steps.
const known = new WeakMap<WorkflowPlan, ReadonlyMap<string | symbol, number>>()

/** Where a name is a number, the number comes first. */
const positionsOf = (plan: WorkflowPlan): ReadonlyMap<string | symbol, number> => {
  const found = known.get(plan)
  if (found !== undefined) return found
  const names = plan.steps.map(({ name, position }) => [name, position] as const)
  const numbers = plan.steps.map(({ number, position }) => [String(number), position] as const)
  const positions = new Map<string | symbol, number>([...names, ...numbers])
  known.set(plan, positions)
  return positions
}

const factsOf = (result: JsonValue | null, status: StepStatus, round: number): StepFacts => {
  const isResult = typeof result === 'object' && result !== null && !Array.isArray(result)
  const { output = null, score = null } = isResult ? (result as { output?: JsonValue; score?: JsonValue }) : {}
  return { status, round, output, score: typeof score === 'number' ? score : null }
}
