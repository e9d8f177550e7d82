import { loadAgent } from '@mayfly/agents'
import type { ArtifactReference, TaskContext } from '@mayfly/supervisor'
import { keepLatest } from './latest-artifacts.ts'
import type { StepResult, StepTask } from './step-task.ts'

export type { StepResult, StepTask }

/**
 * Executes one step of a workflow. The legacy path calls it in place, the worker path in the worker; it is one function,
 * so the two cannot differ in what they do. Its module stays light: every worker pays for what it imports.
 */
export const runStep = async (task: StepTask, context: TaskContext): Promise<StepResult> => {
  const { runId, prompt, cwd, complexity, step } = task
  const artifacts: ArtifactReference[] = []
  const agent = await loadAgent(task.agent)
  context.log(`Agent ${agent.name} works on step ${step.number}: ${step.name}`)
  const { summary, output } = await agent.run(
    { runId, prompt, cwd, complexity, step },
    {
      ...context,
      async artifact(name, content) {
        const written = await context.artifact(name, content)
        keepLatest(artifacts, written)
        return written
      },
    },
  )
  return { step: step.number, name: step.name, agent: agent.name, summary, output, artifacts }
}
