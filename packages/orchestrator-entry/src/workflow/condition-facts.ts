import type { JsonValue, RunView, StepStatus } from '@mayfly/run-store'
import type { StoredWorkflow } from './stored-workflow.ts'

/** What a condition can ask about a step that came before. */
interface StepFacts {
  readonly status: StepStatus
  readonly output: JsonValue
  readonly score: number | null
  readonly round: number
}

/** What conditions are evaluated over: the run, its inputs, and what earlier steps came to, by name and by number. */
export const conditionFacts = ({ plan, inputs }: StoredWorkflow, view: RunView) => {
  const { runId, prompt, complexity, workflow } = view.run
  const steps: Record<string, StepFacts> = {}
  for (const { step, status, round } of view.steps) {
    const planned = plan.steps[step]
    if (planned === undefined) continue
    Object.defineProperties(steps, {
      [planned.name]: lazily(() => factsOf(view, step, status, round)),
      [String(planned.number)]: lazily(() => factsOf(view, step, status, round)),
    })
  }
  return { run: { id: runId, prompt, complexity: complexity ?? 0.5, workflow: workflow ?? plan.name }, inputs, steps }
}

/** Results may be large and many: only what a condition asks for is read. */
const lazily = (read: () => StepFacts): PropertyDescriptor => ({ enumerable: true, configurable: true, get: read })

const factsOf = (view: RunView, step: number, status: StepStatus, round: number): StepFacts => {
  const result = view.resultOf(step)
  const isResult = typeof result === 'object' && result !== null && !Array.isArray(result)
  const score = isResult ? result['score'] : null
  return {
    status,
    round,
    output: isResult ? (result['output'] ?? null) : null,
    score: typeof score === 'number' ? score : null,
  }
}
