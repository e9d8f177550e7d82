import type { JsonValue, RunRecord, StepStatus } from '@mayfly/run-store'
import { evaluateCondition, type PlannedStep, type StepFacts } from '@mayfly/workflows'
import type { StoredWorkflow } from './stored-workflow.ts'

interface SeenStep {
  readonly step: number
  readonly status: StepStatus
  readonly round: number
}

/** Whether a step is to run. @throws ConditionError `CONDITION_FAILED` */
export const conditionHolds = (
  { plan, inputs }: StoredWorkflow,
  step: number,
  { runId, prompt, complexity }: Pick<RunRecord, 'runId' | 'prompt' | 'complexity'>,
  steps: readonly SeenStep[],
  resultOf: (step: number) => JsonValue | null,
): boolean => {
  const { condition } = plan.steps[step] as PlannedStep
  if (condition === undefined) return true
  return evaluateCondition(condition, {
    run: { id: runId, prompt, complexity: complexity ?? 0.5, workflow: plan.name },
    inputs,
    steps: condition.kind === 'cel' ? stepFacts(plan.steps, steps, resultOf) : {},
  })
}

/** What earlier steps came to, by name and by number; where a name is a number, the number comes first. */
const stepFacts = (
  planned: readonly PlannedStep[],
  seen: readonly SeenStep[],
  resultOf: (step: number) => JsonValue | null,
): Readonly<Record<string, StepFacts>> => {
  const facts: Record<string, StepFacts> = {}
  const put = (key: string, { step, status, round }: SeenStep): void => {
    // Results may be large and many: only what a condition asks for is read.
    const get = (): StepFacts => factsOf(resultOf(step), status, round)
    Object.defineProperty(facts, key, { enumerable: true, configurable: true, get })
  }
  for (const step of seen) put((planned[step.step] as PlannedStep).name, step)
  for (const step of seen) put(String((planned[step.step] as PlannedStep).number), step)
  return facts
}

const factsOf = (result: JsonValue | null, status: StepStatus, round: number): StepFacts => {
  const isResult = typeof result === 'object' && result !== null && !Array.isArray(result)
  const { output = null, score = null } = isResult ? (result as { output?: JsonValue; score?: JsonValue }) : {}
  return { status, round, output, score: typeof score === 'number' ? score : null }
}
