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
export type {
  AgentDefinition,
  AgentDefinitions,
  ClientDefinition,
  CommandDefinition,
  GenericDefinition,
  HttpDefinition,
  ModuleDefinition,
} from './agent-definition.ts'
export type { ClientFailureCode } from './agent-errors.ts'
export {
  AgentDefinitionError,
  AgentFolderError,
  AgentInsideError,
  AgentLoadError,
  AgentNotFoundError,
  AgentOptionError,
  AgentResultError,
  AgentStartError,
  AgentUnavailableError,
  ArtifactNameError,
  ClientFailedError,
} from './agent-errors.ts'
export { AgentLimitError } from './agent-limit-error.ts'
export type { AgentLimits } from './agent-limits.ts'
export type {
  AgentReference,
  BuiltinReference,
  ClientReference,
  CommandReference,
  ModuleReference,
} from './agent-reference.ts'
export type { AgentReport, PreviousReport } from './agent-report.ts'
export { emptyReport } from './agent-report.ts'
export type { BuiltinAgent } from './builtin-agents.ts'
export { builtinAgents } from './builtin-agents.ts'
export type { AgentChoice, ChoiceOptions } from './choose-agent.ts'
export { chooseAgent } from './choose-agent.ts'
export type { ClientName } from './clients/client-name.ts'
export { clientNames } from './clients/client-name.ts'
export type { EventMatch, GenericClient, GenericEvents, GenericUsage } from './clients/generic-client.ts'
export { refuseInside } from './clients/inside.ts'
export type { Permission } from './clients/permission.ts'
export { CommandLineError, splitCommand } from './command/split-command.ts'
export { assembleContext } from './context/assemble-context.ts'
export { ContextBudgetError, ContextTooLargeError } from './context/context-error.ts'
export type { AssembledContext, ContextPart, ContextRecord } from './context/context-record.ts'
export type { ContextInput, ContextRequest, ContextStep } from './context/context-request.ts'
export { estimateTokens } from './context/estimate-tokens.ts'
export { findExecutable } from './find-executable.ts'
export {
  AgentKeyMissingError,
  AgentKeyRefusedError,
  CostUnknownError,
  ModelCallError,
  UsageUnknownError,
} from './http/http-errors.ts'
export type { HttpProvider, HttpReference } from './http/http-reference.ts'
export type { ModelPrice } from './http/model-price.ts'
export type { RetryPolicy } from './http/retry-policy.ts'
export type { JsonValue } from './json-value.ts'
export type { AgentListing, ListOptions } from './list-agents.ts'
export { listAgents } from './list-agents.ts'
export { loadAgent } from './load-agent.ts'
export type { LocalContext, LocalContextOptions } from './local-context.ts'
export { openLocalContext } from './local-context.ts'
export { restrictionOf } from './module-permission.ts'
export type { Plan } from './plan.ts'
export type { Environment } from './process/program-environment.ts'
export { readAgentDefinitions } from './read-agent-definitions.ts'
export { reportsCost, reportsTokens } from './reporting.ts'
export { requiredEnvironment, secretVariables } from './required-environment.ts'
export { resolveAgent } from './resolve-agent.ts'
export type { ResolveOptions } from './resolve-options.ts'
