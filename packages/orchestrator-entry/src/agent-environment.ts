import { type AgentReference, requiredEnvironment } from '@mayfly/agents'
import type { Environment } from './detect-runtime.ts'

/** The variables that an agent needs and that are set: its worker gets them, and no other agent's does. */
export const environmentFor = (agent: AgentReference, environment: Environment): Readonly<Record<string, string>> =>
  Object.fromEntries(
    requiredEnvironment(agent).flatMap((name) => {
      const value = environment[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
