export type {
  Agent,
  AgentContext,
  AgentFunction,
  AgentRequest,
  AgentResult,
  AgentStep,
  ArtifactReference,
} from './agent.ts'
export {
  AgentFolderError,
  AgentLoadError,
  AgentNotFoundError,
  AgentResultError,
  ArtifactNameError,
} from './agent-errors.ts'
export type { BuiltinAgent } from './builtin-agents.ts'
export { builtinAgents } from './builtin-agents.ts'
export { assembleContext } from './context/assemble-context.ts'
export { ContextBudgetError, ContextTooLargeError } from './context/context-error.ts'
export type { AssembledContext, ContextPart, ContextRecord } from './context/context-record.ts'
export type { ContextInput, ContextRequest, ContextStep } from './context/context-request.ts'
export { estimateTokens } from './context/estimate-tokens.ts'
export type { JsonValue } from './json-value.ts'
export { loadAgent } from './load-agent.ts'
export type { LocalContext, LocalContextOptions } from './local-context.ts'
export { openLocalContext } from './local-context.ts'
export type { Plan } from './plan.ts'
export type { AgentReference } from './resolve-agent.ts'
export { resolveAgent } from './resolve-agent.ts'
