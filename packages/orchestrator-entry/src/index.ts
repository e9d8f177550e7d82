import { isLongRunningTask } from '@mayfly/task-classifier'
import { initializeSupervisor, processUserPrompt } from './default-orchestrator.ts'
import { detectRuntime } from './detect-runtime.ts'

export type { AgentListing } from '@mayfly/agents'
export type { CancelAnswer, EventRecord, RunRecord, RunStatistics } from '@mayfly/run-store'
export type { AgentSupervisor, ArtifactReference, Outcome } from '@mayfly/supervisor'
export type { TaskClassification } from '@mayfly/task-classifier'
export { classifyTask, complexityScore, isLongRunningTask } from '@mayfly/task-classifier'
export type { CatalogueEntry, PlannedStep, RoutingResult, WorkflowPlan, WorkflowReport } from '@mayfly/workflows'
export { reportAgents } from './agent-reports.ts'
export type { CleanupHandlerOptions, CleanupHandlers } from './cleanup-handlers.ts'
export { installCleanupHandlers as installCleanupHandlersFor } from './cleanup-handlers.ts'
export { ControlError } from './control/control-error.ts'
export type { ControlResult } from './control/control-protocol.ts'
export type { SessionProfileOptions } from './control/profile-session.ts'
export { profileSession } from './control/profile-session.ts'
export {
  cleanup,
  configure,
  executeStep0,
  executeStep0Legacy,
  executeStep0Worker,
  initializeSupervisor,
  installCleanupHandlers,
  processUserPrompt,
} from './default-orchestrator.ts'
export type { Environment, Runtime } from './detect-runtime.ts'
export { detectRuntime } from './detect-runtime.ts'
export { parseDuration } from './duration.ts'
export type { UsageErrorCode } from './errors.ts'
export { RunFailedError, UsageError } from './errors.ts'
export type { Logger } from './logger.ts'
export { createOrchestrator, Orchestrator } from './orchestrator.ts'
export type {
  OrchestratorOptions,
  PromptOptions,
  ServeOptions,
  SubmittedRun,
  TakeUpOptions,
} from './orchestrator-options.ts'
export type { RoutingDecision } from './prepare-run.ts'
export type { PromptResult } from './prompt-result.ts'
export type { RunNews } from './queue/run-watch.ts'
export type { RunReport, RunSpending, SettingReport } from './reports.ts'
export { reportRun, reportRuns, reportSettings, reportStatistics } from './reports.ts'
export type { ResumedRun, TakeUp } from './run-control.ts'
export type { SettingOptions } from './settings.ts'
export type { StepResult } from './step-task.ts'
export { StepResultError } from './step-task.ts'
export type { CollectOptions, CollectReport, DoctorFinding, DoctorReport } from './store-maintenance.ts'
export { backupStore, collectStore, examineStore } from './store-maintenance.ts'
export type { Surroundings } from './surroundings.ts'
export type { ApprovalDecision } from './workflow/approve-run.ts'
export type { Budget, SpentBudget } from './workflow/budget.ts'
export { BudgetExhaustedError } from './workflow/budget.ts'
export { StepRejectedError } from './workflow/failed-checks.ts'
export { drawWorkflow, examineWorkflow, reportWorkflow, reportWorkflows } from './workflow-reports.ts'

/** The seed's default export. */
const seed: {
  readonly processUserPrompt: typeof processUserPrompt
  readonly detectRuntime: typeof detectRuntime
  readonly initializeSupervisor: typeof initializeSupervisor
  readonly isLongRunningTask: typeof isLongRunningTask
} = { processUserPrompt, detectRuntime, initializeSupervisor, isLongRunningTask }

export default seed
