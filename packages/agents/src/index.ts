export { AgentFolderError, AgentLoadError, AgentNotFoundError, AgentResultError, ArtifactNameError } from './agent-errors.ts'
export { builtinAgents } from './builtin-agents.ts'
export { loadAgent } from './load-agent.ts'
export { openLocalContext } from './local-context.ts'
export { resolveAgent } from './resolve-agent.ts'
export type {
  Agent,
  AgentContext,
  AgentFunction,
  AgentRequest,
  AgentResult,
  AgentStep,
  ArtifactReference,
} from './agent.ts'
export type { BuiltinAgent } from './builtin-agents.ts'
export type { JsonValue } from './json-value.ts'
export type { LocalContext, LocalContextOptions } from './local-context.ts'
export type { Plan } from './plan-schema.ts'
export type { AgentReference } from './resolve-agent.ts'
