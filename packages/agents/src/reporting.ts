import type { AgentReference } from './agent-reference.ts'
import type { GenericClient } from './clients/generic-client.ts'

/*
 * What an agent is known to report, from the measured behaviour of the clients (see docs/agents.md). A module may: it is only known when
 * it has worked.
 */

const CLIENTS_WITH_COST: ReadonlySet<string> = new Set(['claude', 'opencode'])
const CLIENTS_WITHOUT_TOKENS: ReadonlySet<string> = new Set(['cursor-agent'])

/** Whether a limit on cost can hold for an agent. */
export function reportsCost(agent: AgentReference): boolean {
  switch (agent.kind) {
    case 'builtin':
    case 'module':
      return true
    case 'client':
      return agent.client === 'generic' ? mapsField(agent.generic, 'costUsd') : CLIENTS_WITH_COST.has(agent.client)
    case 'command':
      return false
    case 'http':
      return hasPrices(agent)
  }
}

/** Whether a limit on tokens can hold for an agent. */
export function reportsTokens(agent: AgentReference): boolean {
  switch (agent.kind) {
    case 'client':
      return agent.client === 'generic'
        ? mapsField(agent.generic, 'outputTokens')
        : !CLIENTS_WITHOUT_TOKENS.has(agent.client)
    case 'command':
      return false
    default:
      return true
  }
}

function mapsField(generic: GenericClient | undefined, field: 'costUsd' | 'outputTokens'): boolean {
  return generic?.events.usage?.[field] !== undefined
}

function hasPrices(agent: object): boolean {
  return Reflect.get(agent, 'prices') !== undefined
}
