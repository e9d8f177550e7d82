import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type AgentChoice, AgentNotFoundError, type AgentReference, AgentUnavailableError } from '@mayfly/agents'
import type { FlagEvaluation, ModeRequest } from '@mayfly/feature-flags'
import type { JsonValue, RunStore } from '@mayfly/run-store'
import {
  planWorkflow,
  renderTemplate,
  resolveInputs,
  templateValues,
  validateOutput,
  type WorkflowPlan,
} from '@mayfly/workflows'
import { UsageError } from '../errors.ts'
import type { RoutedRun } from '../prepare-run.ts'
import { restrictedRoute } from '../restriction/restricted-path.ts'
import { assertGatePath } from '../workspace/gate-file.ts'
import { HISTORY_LENGTH, routeStep, type StepRoute } from './step-routing.ts'

/** Everything about a whole run that is known, and checked, before anything of it is written. */
export interface PreparedWorkflow {
  readonly plan: WorkflowPlan
  readonly agents: Readonly<Record<string, AgentReference>>
  /** Why each of them. */
  readonly reasons: Readonly<Record<string, string>>
  readonly schemas: Readonly<Record<string, string>>
  readonly inputs: Readonly<Record<string, JsonValue>>
  /** For the log: agents whose fallback stands in for them, conditions in prose. */
  readonly notes: readonly string[]
}

export interface WorkflowRequest {
  readonly run: Pick<RoutedRun, 'runId' | 'prompt' | 'workflow'>
  /** Absolute. */
  readonly cwd: string
  readonly inputs: Readonly<Record<string, unknown>>
  /** Chooses the agent that a name of the plan stands for. @throws AgentNotFoundError, AgentUnavailableError, AgentInsideError */
  readonly choose: (name: string) => AgentChoice
}

/** @throws WorkflowError, InputsError, AgentNotFoundError, UsageError `SCHEMA_NOT_FOUND`, `SCHEMA_INVALID`, GatePathError */
export const prepareWorkflow = ({ run, cwd, inputs: given, choose }: WorkflowRequest): PreparedWorkflow => {
  const { workflow } = run
  const plan = planWorkflow(workflow)
  const { agents, reasons, notes } = chooseAgents(plan, choose)
  const inputs = resolveInputs(plan, given)
  const values = templateValues({ plan, inputs }, run)
  assertGates(plan, values)
  return {
    plan: withFoundAgents(plan, agents),
    agents,
    reasons,
    schemas: findSchemas(plan, values, [dirname(workflow.path), cwd]),
    inputs,
    notes: [...plan.notes.map(({ path, line, message }) => `${path} (line ${line}): ${message}`), ...notes],
  }
}

const chooseAgents = (
  plan: WorkflowPlan,
  choose: WorkflowRequest['choose'],
): { agents: Record<string, AgentReference>; reasons: Record<string, string>; notes: string[] } => {
  const agents: Record<string, AgentReference> = {}
  const reasons: Record<string, string> = {}
  const missing = new Map<string, Error>()
  for (const name of new Set(plan.steps.flatMap((step) => step.agents))) {
    try {
      const { reference, reason } = choose(name)
      agents[name] = reference
      reasons[name] = reason
    } catch (error) {
      if (!isMissing(error) || isNamedOtherwise(error, name)) throw error
      missing.set(name, error)
    }
  }
  const lost = plan.steps.filter((step) => step.agents.every((name) => missing.has(name)))
  const [first] = lost
  if (first !== undefined) throw refuse(plan, lost, missing)
  return {
    agents,
    reasons,
    notes: [...missing.values()].map(({ message }) => `${message} Its fallback takes its place.`),
  }
}

const isMissing = (error: unknown): error is AgentNotFoundError | AgentUnavailableError =>
  error instanceof AgentNotFoundError || error instanceof AgentUnavailableError

/** Whoever has named it is not helped by another one in its place. */
const isNamedOtherwise = (error: AgentNotFoundError | AgentUnavailableError, role: string): boolean =>
  error instanceof AgentNotFoundError && error.specifier !== role

/** One that is known and not installed says so itself. */
const refuse = (plan: WorkflowPlan, lost: WorkflowPlan['steps'], missing: ReadonlyMap<string, Error>): Error => {
  const names = [...new Set(lost.flatMap((step) => step.agents))]
  const unavailable = names.map((name) => missing.get(name)).find((error) => error instanceof AgentUnavailableError)
  return unavailable ?? missingAgents(plan, names)
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

type Values = Readonly<Record<string, string>>

/** What an input puts into a path is known now. @throws GatePathError */
const assertGates = ({ steps }: WorkflowPlan, values: Values): void => {
  for (const { validation } of steps)
    if (validation?.gate !== undefined) assertGatePath(renderTemplate(validation.gate, values))
}

/** Beside the workflow file or in the folder that is worked on. */
const findSchemas = ({ steps }: WorkflowPlan, values: Values, folders: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    steps.flatMap(({ position, validation, number }) => {
      if (validation?.schema === undefined) return []
      const schema = renderTemplate(validation.schema, values)
      const places = folders.map((folder) => resolve(folder, schema))
      const found = places.find((place) => existsSync(place))
      if (found !== undefined) return [[String(position), usableSchema(found, number)]]
      const message = `Step ${number}: its schema ${schema} is neither ${places.join(' nor ')}.`
      throw new UsageError('SCHEMA_NOT_FOUND', message)
    }),
  )

/** Found out now, and not by a step whose work is done and paid for. */
const usableSchema = (path: string, step: number): string => {
  try {
    validateOutput(JSON.parse(readFileSync(path, 'utf8')), null)
    return path
  } catch (cause) {
    const why = (cause as Error).message
    throw new UsageError('SCHEMA_INVALID', `Step ${step}: its schema ${path} is no JSON Schema: ${why}`, { cause })
  }
}

/** Each step on its own: from its description, its complexity and its history. */
export const routeSteps = async (
  store: RunStore | undefined,
  { plan, agents }: PreparedWorkflow,
  how: { readonly flag: FlagEvaluation; readonly mode: ModeRequest; readonly complexity: number },
): Promise<readonly StepRoute[]> => {
  const observations = (await store?.listObservations({ workflow: plan.name, limit: MOST_OBSERVATIONS })) ?? []
  return plan.steps.map((step) => {
    const reference = agents[step.agents[0]]
    const restricted = step.agents.map((name) => agents[name] && restrictedRoute(agents[name])).find(Boolean)
    if (restricted !== undefined) return restricted
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
