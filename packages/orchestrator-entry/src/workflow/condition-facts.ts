import type { JsonValue, RunRecord, StepStatus } from '@mayfly/run-store'
import { type ConditionFacts, evaluateCondition, type PlannedStep } from '@mayfly/workflows'
import type { StoredWorkflow } from './stored-workflow.ts'

interface SeenStep {
  readonly step: number
  readonly status: StepStatus
  readonly round: number
}

/** Whether a step is to run. @throws ConditionError `CONDITION_FAILED` */
export const conditionHolds = (
  workflow: StoredWorkflow,
  step: number,
  { runId, prompt }: Pick<RunRecord, 'runId' | 'prompt'>,
  steps: readonly SeenStep[],
  resultOf: (step: number) => JsonValue | null,
): boolean => {
  const { plan, inputs, complexity } = workflow
  const { condition } = plan.steps[step] as PlannedStep
  if (condition === undefined) return true
  return evaluateCondition(condition, {
    run: { id: runId, prompt, complexity, workflow: plan.name },
    inputs,
    steps: steps.map((seen) => stepFacts(plan.steps[seen.step] as PlannedStep, seen, resultOf)),
  })
}

/** Results may be large and many: only those that a condition names are read. */
const stepFacts = (
  { number, name }: PlannedStep,
  { step, status, round }: SeenStep,
  resultOf: (step: number) => JsonValue | null,
): ConditionFacts['steps'][number] => ({
  ...{ number, name, status, round },
  get output() {
    const result = resultOf(step)
    const isResult = typeof result === 'object' && result !== null && 'output' in result
    return isResult ? (result['output'] as JsonValue) : null
  },
})
