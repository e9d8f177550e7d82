import type { AgentDefinitions } from './agent-definition.ts'
import type { AgentLimits } from './agent-limits.ts'
import type { Permission } from './clients/permission.ts'
import type { Environment } from './process/program-environment.ts'

export interface ResolveOptions {
  /** Where programs are looked for. @default process.env */
  readonly environment?: Environment
  /** Agents that configuration describes; they come before all others but the built-in ones. @default none */
  readonly definitions?: AgentDefinitions
  /** Decided for this run, whatever the agent's description says. */
  readonly permission?: Permission | undefined
  readonly model?: string | undefined
  readonly limits?: AgentLimits
}
