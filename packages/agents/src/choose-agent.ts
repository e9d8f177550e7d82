import { AgentUnavailableError } from './agent-errors.ts'
import type { AgentReference } from './agent-reference.ts'
import { insideVariable, refuseInside } from './clients/inside.ts'
import { missingKeyOf } from './http/api-key.ts'
import { isPaid } from './list-agents.ts'
import { restrictionOf } from './module-permission.ts'
import type { Environment } from './process/program-environment.ts'
import { findDefinition, resolveAgent } from './resolve-agent.ts'
import type { ResolveOptions } from './resolve-options.ts'

export interface ChoiceOptions extends ResolveOptions {
  readonly cwd: string
  /** Names from configuration (`agents.default`), best first. Each is taken only if it is available. @default none */
  readonly preferred?: readonly string[]
  /** Whether an agent whose work costs money may be chosen without its name having been said (`agents.allowPaid`). @default false */
  readonly allowPaid?: boolean
}

/** Which agent was chosen, and why. */
export interface AgentChoice {
  readonly reference: AgentReference
  /** For the record and the log. */
  readonly reason: string
  readonly source: 'named' | 'configuration' | 'default'
}

/**
 * Chooses an agent: the one that is named; for `auto` the first of the configured ones that is available and may be used; else the
 * planner. What was passed over, and why, is in the reason.
 *
 * @throws AgentNotFoundError, AgentUnavailableError, AgentInsideError for an agent that was named and cannot be used.
 */
export function chooseAgent(specifier: string, options: ChoiceOptions): AgentChoice {
  if (specifier !== 'auto') return chooseNamed(specifier, options)
  const passedOver: string[] = []
  for (const name of options.preferred ?? []) {
    const candidate = consider(name, options)
    if (typeof candidate !== 'string') return configured(name, candidate, passedOver, options)
    passedOver.push(`${name}: ${candidate}`)
  }
  const reference = resolveAgent('planner', options.cwd)
  return { reference, source: 'default', reason: withPassedOver('the planner, as nothing else was chosen', passedOver) }
}

function chooseNamed(specifier: string, options: ChoiceOptions): AgentChoice {
  const reference = resolveAgent(specifier, options.cwd, options)
  refuseInside(reference, options.environment ?? process.env)
  return { reference, source: 'named', reason: `${specifier} was named${keptTo(reference, options)}` }
}

function configured(
  name: string,
  reference: AgentReference,
  passedOver: readonly string[],
  options: ChoiceOptions,
): AgentChoice {
  const reason = withPassedOver(`the configuration prefers ${name}`, passedOver)
  return { reference, source: 'configuration', reason: `${reason}${keptTo(reference, options)}` }
}

/** Clients and models are told their permission, always; what is true of the others is said. */
function keptTo(reference: AgentReference, { permission = 'full' }: ChoiceOptions): string {
  const restriction = restrictionOf(reference)
  if (restriction !== null) return `; it is kept to "${restriction}"`
  const isUnkept = reference.kind === 'command' && permission !== 'full'
  return isUnkept ? `; nothing keeps a command to "${permission}"` : ''
}

function withPassedOver(reason: string, passedOver: readonly string[]): string {
  return passedOver.length === 0 ? reason : `${reason} (passed over: ${passedOver.join('; ')})`
}

/** The agent, or why it is passed over. A name that nobody knows is a mistake in the configuration, and is not passed over. */
function consider(name: string, options: ChoiceOptions): AgentReference | string {
  const definition = findDefinition(name, options.definitions)
  if (definition !== undefined && isPaid(definition) && options.allowPaid !== true) {
    return 'its work costs money, and neither was it named nor is agents.allowPaid set'
  }
  try {
    const reference = resolveAgent(name, options.cwd, options)
    return obstacleTo(reference, options.environment ?? process.env) ?? reference
  } catch (error) {
    if (error instanceof AgentUnavailableError) return error.message
    throw error
  }
}

function obstacleTo(reference: AgentReference, environment: Environment): string | undefined {
  if (reference.kind === 'http') {
    const missing = missingKeyOf(reference, environment)
    return missing === null ? undefined : `${missing} is not set`
  }
  const variable = reference.kind === 'client' ? insideVariable(reference.client, environment) : undefined
  return variable === undefined ? undefined : `this already runs inside it (${variable} is set)`
}
