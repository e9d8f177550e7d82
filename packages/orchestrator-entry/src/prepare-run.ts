import { randomBytes } from 'node:crypto'
import type { AgentReference, AgentStep } from '@mayfly/agents'
import { assertRunId, findStoreFolder } from '@mayfly/run-store'
import { complexityScore } from '@mayfly/task-classifier'
import {
  type ComplexityLabel,
  findWorkflow,
  firstStep,
  listWorkflows,
  loadWorkflow,
  type RoutingResult,
  routePrompt,
  stepRetry,
  type Workflow,
  type WorkflowStep,
} from '@mayfly/workflows'
import { type AgentWishes, chooseForStep } from './agent-choice.ts'
import type { Environment } from './detect-runtime.ts'

/** What a caller may decide in the router's place. */
export interface RoutingDecision {
  /** A name in the catalogue, or the path of a workflow file. */
  readonly workflow?: string | undefined
  readonly complexity?: ComplexityLabel | undefined
}

export interface RunRequest {
  readonly prompt: string
  /** Absolute. */
  readonly cwd: string
  readonly environment: Environment
  readonly runId: string | undefined
  readonly wishes: AgentWishes
  /** Undefined leaves it to step and agent. */
  readonly repeatable?: boolean | undefined
  readonly routingDecision: RoutingDecision
}

/** A prompt whose workflow is known. */
export interface RoutedRun {
  readonly runId: string
  readonly prompt: string
  readonly cwd: string
  readonly storeFolder: string
  readonly routing: RoutingResult
  readonly complexity: number
  readonly workflow: Workflow
}

/** Everything about a run of a workflow's first step that is known before anything is written or run. */
export interface PreparedRun extends RoutedRun {
  readonly step: AgentStep
  readonly agent: AgentReference
  /** Why this one. */
  readonly agentReason: string
  /** Whether an attempt that was lost may simply be made again. */
  readonly repeatable: boolean
  /** What the workflow says; undefined when it does not. */
  readonly attempts: number | undefined
}

/**
 * Checks what was asked for and finds its workflow; writes nothing, so a refusal loses nothing.
 * @throws UsageError, WorkflowError, RunIdInvalidError
 */
export const routeRun = async (request: RunRequest): Promise<RoutedRun> => {
  const { prompt, cwd, environment } = request
  const runId = request.runId ?? createRunId()
  assertRunId(runId)
  const routing = await route(request)
  return {
    runId,
    prompt,
    cwd,
    storeFolder: findStoreFolder(cwd, environment),
    routing,
    complexity: complexityScore(routing.complexity),
    workflow: await loadWorkflow(routing.workflowPath),
  }
}

/** @throws as `routeRun`; AgentNotFoundError, AgentUnavailableError, AgentInsideError */
export const prepareRun = async (request: RunRequest): Promise<PreparedRun> => {
  const routed = await routeRun(request)
  const first = firstStep(routed.workflow)
  const { reference: agent, reason } = chooseForStep(request.wishes, first.agent)
  return {
    ...routed,
    step: toAgentStep(first),
    agent,
    agentReason: reason,
    repeatable: request.repeatable ?? isRepeatable(first, agent, request.wishes.named !== undefined),
    attempts: stepRetry(first).attempts,
  }
}

/** The planner only reads; what a step says of itself is said of the agent that it names, not of one in its place. */
const isRepeatable = (step: WorkflowStep, agent: AgentReference, isReplaced: boolean): boolean => {
  const isPlanner = agent.kind === 'builtin' && agent.name === 'planner'
  return isReplaced ? isPlanner : (step.repeatable ?? isPlanner)
}

const toAgentStep = (step: WorkflowStep): AgentStep => ({
  number: step.step,
  name: step.name,
  agent: step.agent,
  ...(step.description !== undefined && { description: step.description }),
  inputs: step.inputs,
  outputs: step.outputs,
})

const createRunId = (): string => `run-${Date.now().toString(36)}-${randomBytes(4).toString('hex')}`

/** A workflow file of the user's own joins the catalogue for this one prompt. */
const route = async ({ prompt, cwd, routingDecision }: RunRequest): Promise<RoutingResult> => {
  const { workflow, complexity } = routingDecision
  const catalogue = await listWorkflows()
  const overrideComplexity = complexity === undefined ? {} : { complexity }
  if (workflow === undefined) return routePrompt(prompt, catalogue, overrideComplexity)
  const chosen = await findWorkflow(workflow, cwd)
  return routePrompt(prompt, [...catalogue, chosen], { workflow: chosen.path, ...overrideComplexity })
}
