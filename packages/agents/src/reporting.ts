import type { AgentReference } from './agent-reference.ts'
import { clientFacts } from './clients/client-facts.ts'
import type { GenericClient } from './clients/generic-client.ts'

/*
 * What an agent is known to report, from the measured behaviour of the clients (see docs/agents.md). A module may: it is only known when
 * it has worked.
 */

/** Whether a limit on cost can hold for an agent. */
export function reportsCost(agent: AgentReference): boolean {
  switch (agent.kind) {
    case 'builtin':
    case 'module':
      return true
    case 'client':
      return agent.client === 'generic' ? mapsField(agent.generic, 'costUsd') : clientFacts[agent.client].reportsCost
    case 'command':
      return false
    case 'http':
      return agent.price !== undefined
  }
}

/** Whether a limit on the tokens of a whole run can hold for an agent: it is held between attempts at the latest. */
export function reportsTokens(agent: AgentReference): boolean {
  switch (agent.kind) {
    case 'client':
      return agent.client === 'generic'
        ? mapsField(agent.generic, 'outputTokens')
        : clientFacts[agent.client].tellsTokens !== 'never'
    case 'command':
      return false
    default:
      return true
  }
}

/** Whether a limit on the tokens of one attempt can: an agent that tells them with its result has used them by then. */
export function reportsTokensAtOnce(agent: AgentReference): boolean {
  const isLate =
    agent.kind === 'client' && agent.client !== 'generic' && clientFacts[agent.client].tellsTokens !== 'at once'
  return reportsTokens(agent) && !isLate
}

function mapsField(generic: GenericClient | undefined, field: 'costUsd' | 'outputTokens'): boolean {
  return generic?.events.usage?.[field] !== undefined
}
