import { readFile } from 'node:fs/promises'
import { type AgentRequest, assembleContext, type Plan } from '@mayfly/agents'
import type { TaskContext } from '@mayfly/supervisor'
import type { BriefInput, StepBrief, StepTask } from '../step-task.ts'
import { isOutput } from './collect-outputs.ts'

type Assembled = Pick<AgentRequest, 'instructions' | 'subject'>

/**
 * Puts together what an agent is told, in the worker: artifacts may be large. What it was told, and what was left out, are artifacts
 * of the step.
 * @throws ContextTooLargeError `CONTEXT_TOO_LARGE`
 */
export const assembleRequest = async (
  { runId, prompt, step, cwd }: StepTask,
  brief: StepBrief,
  context: Pick<TaskContext, 'artifact'>,
): Promise<Assembled> => {
  const plan = await readPlan(brief.inputs, runId)
  const { text, record } = await assembleContext({
    task: prompt,
    step: {
      number: step.number,
      name: step.name,
      ...(step.description !== undefined && { description: step.description }),
    },
    feedback: feedbackOf(brief),
    ...(plan !== undefined && { plan }),
    inputs: brief.inputs,
    cwd,
    budgetTokens: brief.contextTokens,
  })
  await Promise.all([
    context.artifact('prompt.md', text),
    context.artifact('context.json', `${JSON.stringify(record, null, 2)}\n`),
  ])
  // Without what the attempt before failed of: it does not make the work another.
  const subject = JSON.stringify([runId, step.number, brief.feedback])
  return { instructions: text, subject }
}

const feedbackOf = ({ feedback, lastError }: StepBrief): string | null =>
  [feedback, lastError === null ? null : `The attempt before this one failed: ${lastError}`]
    .filter((line) => line !== null)
    .join('\n\n') || null

/** The planner's, wherever it stands in the workflow. */
const readPlan = async (inputs: readonly BriefInput[], runId: string): Promise<Plan | undefined> => {
  const plan = inputs.find(({ name }) => isOutput(name, 'plan.json', runId))
  if (plan === undefined || plan.size > LARGEST_PLAN) return undefined
  // Another agent may have written a plan of its own kind: it is an artifact like any other then.
  const { planSchema } = await import('@mayfly/agents/plan-schema')
  const read = planSchema.safeParse(parseJson(await readFile(plan.path, 'utf8')))
  return read.success ? (read.data as Plan) : undefined
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Bytes; a plan names a few hundred files at most. */
const LARGEST_PLAN = 16 * 1024 * 1024
