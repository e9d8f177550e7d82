import { type AgentReport, type AgentRequest, type ArtifactContent, emptyReport, loadAgent } from '@mayfly/agents'
import type { ArtifactReference, TaskContext } from '@mayfly/supervisor'
import { keepLatest } from './latest-artifacts.ts'
import { Reporter } from './step/reporter.ts'
import type { StepBrief, StepReport, StepResult, StepTask } from './step-task.ts'

export type { StepResult, StepTask }

/**
 * Executes one step of a workflow. The legacy path calls it in place, the worker path in the worker; it is one function,
 * so the two cannot differ in what they do. Its module stays light: every worker pays for what it imports.
 */
export const runStep = async (task: StepTask, context: TaskContext): Promise<StepResult> => {
  const { step, brief } = task
  const artifacts: ArtifactReference[] = []
  const reporter = new Reporter(context.lastCheckpoint, (checkpoint) => context.checkpoint(checkpoint))
  const agentContext = {
    ...context,
    lastCheckpoint: reporter.kept,
    checkpoint: (value: unknown) => reporter.checkpoint(value),
    report: (report: Partial<AgentReport>) => reporter.say(report),
    async artifact(name: string, content: ArtifactContent) {
      const written = await context.artifact(name, content)
      keepLatest(artifacts, written)
      return written
    },
  }
  const agent = await loadAgent(task.agent)
  context.log(`Agent ${agent.name} works on step ${step.number}: ${step.name}`)
  try {
    const request = await toRequest(task, agentContext)
    const { summary, output, report } = await agent.run(request, agentContext)
    if (report !== undefined) reporter.say(report)
    const result = { step: step.number, name: step.name, agent: agent.name, summary, output, artifacts }
    const said = reporter.report === undefined ? {} : { report: completeReport(reporter.report) }
    return brief === undefined
      ? { ...result, ...said }
      : { ...result, ...said, ...(await checked(task, brief, result, agentContext)) }
  } catch (error) {
    if (isDenied(error)) context.log(denial(agent.name, error))
    throw error
  } finally {
    reporter.end()
  }
}

/** As Node's permission model throws it. */
interface AccessDenied {
  readonly code: 'ERR_ACCESS_DENIED'
  /** Such as `FileSystemWrite` or `ChildProcess`. */
  readonly permission?: string
  readonly resource?: string
}

const isDenied = (error: unknown): error is AccessDenied =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_ACCESS_DENIED'

/** Node's own words name options of Node's, which nobody here has given. */
const denial = (agent: string, { permission = 'something', resource = '' }: AccessDenied): string =>
  `Agent ${agent} was denied ${permission}${resource === '' ? '' : ` of ${resource}`}: see --permission`

type Context = Pick<TaskContext, 'artifact' | 'log'>

const toRequest = async (task: StepTask, context: Context): Promise<AgentRequest> => {
  const { runId, prompt, cwd, complexity, step, previous, brief } = task
  const request = { runId, prompt, cwd, complexity, step, ...(previous !== undefined && { previous }) }
  if (brief === undefined) return request
  const { assembleRequest } = await import('./step/assemble-request.ts')
  return { ...request, ...(await assembleRequest(task, brief, context)) }
}

/** What is asked of a step beyond having ended. */
const checked = async (
  { runId, step, cwd }: StepTask,
  { schema, minimumScore }: StepBrief,
  { output, artifacts }: Pick<StepResult, 'output' | 'artifacts'>,
  context: Context,
): Promise<Pick<StepResult, 'checks' | 'score'>> => {
  const { collectOutputs } = await import('./step/collect-outputs.ts')
  const collection = { runId, outputs: step.outputs, cwd, written: artifacts, write: context.artifact }
  for (const missing of await collectOutputs(collection)) context.log(`Output ${missing} was not written`)
  if (schema === null && minimumScore === null) return {}
  const { checkOutput } = await import('./step/check-output.ts')
  const { checks, score } = await checkOutput({ runId, output, artifacts, outputs: step.outputs, schema, minimumScore })
  return { checks, ...(score !== undefined && { score }) }
}

const completeReport = (said: Partial<StepReport>): StepReport => {
  const { text: _text, ...nothing } = emptyReport
  return { ...nothing, ...said }
}
