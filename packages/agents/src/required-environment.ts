import type { AgentReference } from './agent-reference.ts'
import { clientFacts } from './clients/client-facts.ts'
import { environmentOf } from './clients/reference-facts.ts'
import { keyVariableOf } from './http/api-key.ts'
import type { HttpReference } from './http/http-reference.ts'
import { AGENT_MARKER } from './process/agent-marker.ts'
import { usualVariables } from './process/program-environment.ts'

/**
 * The names of the environment variables that an agent may need: whoever gives it a worker of its own hands over these and no
 * others. A module gets those that its description names.
 */
export function requiredEnvironment(reference: AgentReference): readonly string[] {
  switch (reference.kind) {
    case 'client': {
      const { passed, secret } = environmentOf(reference)
      const inside = reference.client === 'generic' ? [] : clientFacts[reference.client].insideVariables
      return [...new Set([...usualVariables, AGENT_MARKER, ...inside, ...passed, ...secret])]
    }
    case 'command':
      return [...new Set([...usualVariables, AGENT_MARKER, ...(reference.environment ?? [])])]
    case 'http':
      return [...new Set([...usualVariables, AGENT_MARKER, ...httpSecrets(reference)])]
    case 'module':
      return reference.environment ?? []
    default:
      return []
  }
}

/** Those of them whose values must not appear in a log, a record or an artifact. */
export function secretVariables(reference: AgentReference): readonly string[] {
  switch (reference.kind) {
    case 'client':
      return environmentOf(reference).secret
    case 'command':
    case 'module':
      return reference.environment ?? []
    case 'http':
      return httpSecrets(reference)
    default:
      return []
  }
}

/** The key, and what the commands get that the model may start. */
function httpSecrets(reference: HttpReference): readonly string[] {
  const key = keyVariableOf(reference)
  return [...(key === null ? [] : [key]), ...(reference.environment ?? [])]
}
