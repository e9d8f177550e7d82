import { AgentInsideError } from '../agent-errors.ts'
import type { AgentReference } from '../agent-reference.ts'
import { AGENT_MARKER, clientsOfMark } from '../process/agent-marker.ts'
import type { Environment } from '../process/program-environment.ts'
import { clientFacts } from './client-facts.ts'

/**
 * A client is not started from inside itself. It is asked before a run is accepted, where the environment is whole, and again
 * before the client starts.
 *
 * @throws AgentInsideError
 */
export function refuseInside(reference: AgentReference, environment: Environment): void {
  if (reference.kind !== 'client') return
  const variable = insideVariable(reference.client, environment)
  if (variable !== undefined) throw new AgentInsideError(reference.name, reference.client, variable)
}

/** The variable that shows that this runs inside a client; undefined when it does not. */
export function insideVariable(
  client: keyof typeof clientFacts | 'generic',
  environment: Environment,
): string | undefined {
  if (client === 'generic') return undefined
  const set = clientFacts[client].insideVariables.find((name) => (environment[name] ?? '') !== '')
  return set ?? (clientsOfMark(environment[AGENT_MARKER]).includes(client) ? AGENT_MARKER : undefined)
}
