import type { AgentReference } from './agent-reference.ts'

/** Names of the environment variables that an agent needs: keys and addresses. Whoever runs it hands it these and no others'. */
export function requiredEnvironment(agent: AgentReference): readonly string[] {
  if (agent.kind === 'command') return agent.environment ?? []
  return []
}
