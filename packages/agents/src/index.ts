export type {
  Agent,
  AgentContext,
  AgentFunction,
  AgentRequest,
  AgentResult,
  AgentStep,
  ArtifactContent,
  ArtifactReference,
} from './agent.ts'
export {
  AgentFolderError,
  AgentLoadError,
  AgentNotFoundError,
  AgentResultError,
  ArtifactNameError,
} from './agent-errors.ts'
export type { AgentLimits } from './agent-limits.ts'
export type {
  AgentReference,
  BuiltinReference,
  ClientReference,
  CommandReference,
  HttpReference,
  ModuleReference,
} from './agent-reference.ts'
export type { AgentReport, PreviousReport } from './agent-report.ts'
export { emptyReport } from './agent-report.ts'
export type { BuiltinAgent } from './builtin-agents.ts'
export { builtinAgents } from './builtin-agents.ts'
export type { ClientName } from './clients/client-name.ts'
export { clientNames } from './clients/client-name.ts'
export type { EventMatch, GenericClient, GenericEvents, GenericUsage } from './clients/generic-client.ts'
export type { Permission } from './clients/permission.ts'
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
export { reportsCost, reportsTokens } from './reporting.ts'
export { requiredEnvironment } from './required-environment.ts'
export { resolveAgent } from './resolve-agent.ts'
