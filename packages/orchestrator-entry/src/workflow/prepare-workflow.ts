import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { AgentNotFoundError, type AgentReference } from '@mayfly/agents'
import type { FlagEvaluation, ModeRequest } from '@mayfly/feature-flags'
import type { JsonValue, RunStore } from '@mayfly/run-store'
import { planWorkflow, resolveInputs, type Workflow, type WorkflowPlan } from '@mayfly/workflows'
import { UsageError } from '../errors.ts'
import { HISTORY_LENGTH, routeStep, type StepRoute } from './step-routing.ts'

/** Everything about a whole run that is known, and checked, before anything of it is written. */
export interface PreparedWorkflow {
  readonly plan: WorkflowPlan
  readonly agents: Readonly<Record<string, AgentReference>>
  readonly schemas: Readonly<Record<string, string>>
  readonly inputs: Readonly<Record<string, JsonValue>>
  /** For the log: agents whose fallback stands in for them, conditions in prose. */
  readonly notes: readonly string[]
}

export interface WorkflowRequest {
  readonly workflow: Workflow
  readonly cwd: string
  readonly inputs: Readonly<Record<string, unknown>>
  /** Finds the agent that a name of the plan stands for. @throws AgentNotFoundError */
  readonly findAgent: (name: string) => AgentReference
}

/** @throws WorkflowError, InputsError, AgentNotFoundError, UsageError `SCHEMA_NOT_FOUND` */
export const prepareWorkflow = ({ workflow, cwd, inputs, findAgent }: WorkflowRequest): PreparedWorkflow => {
  const plan = planWorkflow(workflow)
  const { agents, notes } = findAgents(plan, findAgent)
  return {
    plan: withFoundAgents(plan, agents),
    agents,
    schemas: findSchemas(plan, [dirname(workflow.path), cwd]),
    inputs: resolveInputs(plan, inputs),
    notes: [...plan.notes.map(({ path, line, message }) => `${path} (line ${line}): ${message}`), ...notes],
  }
}

const findAgents = (
  plan: WorkflowPlan,
  findAgent: WorkflowRequest['findAgent'],
): { agents: Record<string, AgentReference>; notes: string[] } => {
  const agents: Record<string, AgentReference> = {}
  const missing = new Map<string, AgentNotFoundError>()
  for (const name of new Set(plan.steps.flatMap((step) => step.agents))) {
    try {
      agents[name] = findAgent(name)
    } catch (error) {
      if (!(error instanceof AgentNotFoundError)) throw error
      missing.set(name, error)
    }
  }
  const lost = plan.steps.filter((step) => step.agents.every((name) => missing.has(name)))
  if (lost.length > 0) throw missingAgents(plan, [...new Set(lost.flatMap((step) => step.agents))])
  return { agents, notes: [...missing.values()].map(({ message }) => `${message} Its fallback takes its place.`) }
}

const missingAgents = ({ name }: WorkflowPlan, missing: readonly string[]): AgentNotFoundError =>
  new AgentNotFoundError(
    missing.join(', '),
    `workflow ${name} needs ${missing.length === 1 ? 'it' : 'them'}. Say who does that work: ` +
      `${missing.map((role) => `--agent-for ${role}=<agent>`).join(' ')}, or --agent <agent> for all of them.`,
  )

/** Only those that can be asked. */
const withFoundAgents = (plan: WorkflowPlan, agents: Readonly<Record<string, AgentReference>>): WorkflowPlan => ({
  ...plan,
  steps: plan.steps.map((step) => {
    const [first = step.agents[0], ...others] = step.agents.filter((name) => Object.hasOwn(agents, name))
    return { ...step, agents: [first, ...others] }
  }),
})

/** Beside the workflow file or in the folder that is worked on. */
const findSchemas = ({ steps }: WorkflowPlan, folders: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    steps.flatMap(({ position, validation, number }) => {
      const schema = validation?.schema
      if (schema === undefined) return []
      const places = folders.map((folder) => resolve(folder, schema))
      const found = places.find((place) => existsSync(place))
      if (found !== undefined) return [[String(position), found]]
      const message = `Step ${number}: its schema ${schema} is neither ${places.join(' nor ')}.`
      throw new UsageError('SCHEMA_NOT_FOUND', message)
    }),
  )

/** Each step on its own: from its description, its complexity and its history. */
export const routeSteps = async (
  store: RunStore | undefined,
  { plan, agents }: PreparedWorkflow,
  how: { readonly flag: FlagEvaluation; readonly mode: ModeRequest; readonly complexity: number },
): Promise<readonly StepRoute[]> => {
  const observations = (await store?.listObservations({ workflow: plan.name, limit: MOST_OBSERVATIONS })) ?? []
  return plan.steps.map((step) => {
    const reference = agents[step.agents[0]]
    return routeStep(how.flag, how.mode, {
      name: step.name,
      description: step.description,
      complexity: how.complexity,
      history: observations.filter((seen) => seen.step === step.position && seen.agent === reference?.name),
    })
  })
}

/** Enough for the latest of a hundred steps. */
const MOST_OBSERVATIONS = 100 * HISTORY_LENGTH
