import type { JsonValue, RunRecord, StepStatus } from '@mayfly/run-store'
import { evaluateCondition, type PlannedStep } from '@mayfly/workflows'
import type { StoredWorkflow } from './stored-workflow.ts'

/** What a condition can ask about a step that came before. */
interface StepFacts {
  readonly status: StepStatus
  readonly output: JsonValue
  readonly score: number | null
  readonly round: number
}

interface SeenStep {
  readonly step: number
  readonly status: StepStatus
  readonly round: number
}

type SeenRun = Pick<RunRecord, 'runId' | 'prompt' | 'complexity' | 'workflow'>

/** Whether a step is to run. @throws ConditionError `CONDITION_FAILED` */
export const conditionHolds = (
  workflow: StoredWorkflow,
  step: number,
  run: SeenRun,
  steps: readonly SeenStep[],
  resultOf: (step: number) => JsonValue | null,
): boolean => {
  const { condition } = workflow.plan.steps[step] as PlannedStep
  if (condition === undefined) return true
  const seen = stepFacts(workflow, steps, resultOf)
  return evaluateCondition(condition, { run: runFacts(workflow, run), inputs: workflow.inputs, steps: seen })
}

const runFacts = ({ plan }: StoredWorkflow, { runId, prompt, complexity, workflow }: SeenRun) => ({
  ...{ id: runId, prompt, complexity: complexity ?? 0.5, workflow: workflow ?? plan.name },
})

/** What earlier steps came to, by name and by number. */
const stepFacts = (
  { plan }: StoredWorkflow,
  seen: readonly SeenStep[],
  resultOf: (step: number) => JsonValue | null,
): Readonly<Record<string, StepFacts>> => {
  const facts: Record<string, StepFacts> = {}
  for (const { step, status, round } of seen) {
    const planned = plan.steps[step]
    if (planned === undefined) continue
    const read = lazily(() => factsOf(resultOf(step), status, round))
    Object.defineProperties(facts, { [planned.name]: read, [String(planned.number)]: read })
  }
  return facts
}

/** Results may be large and many: only what a condition asks for is read. */
const lazily = (read: () => StepFacts): PropertyDescriptor => ({ enumerable: true, configurable: true, get: read })

const factsOf = (result: JsonValue | null, status: StepStatus, round: number): StepFacts => {
  const isResult = typeof result === 'object' && result !== null && !Array.isArray(result)
  const { output = null, score = null } = isResult ? (result as { output?: JsonValue; score?: JsonValue }) : {}
  return { status, round, output, score: typeof score === 'number' ? score : null }
}
