import type { AgentSupervisor } from '@mayfly/supervisor'
import {
  type CleanupHandlerOptions,
  type CleanupHandlers,
  installCleanupHandlers as install,
} from './cleanup-handlers.ts'
import { silentLogger } from './logger.ts'
import { Orchestrator } from './orchestrator.ts'
import type { OrchestratorOptions, PromptOptions } from './orchestrator-options.ts'
import type { RoutingDecision } from './prepare-run.ts'
import type { PromptResult } from './prompt-result.ts'
import type { StepResult } from './step-task.ts'

/* The seed's functions: one orchestrator for the process, made of the standard parts on first use. */

let options: OrchestratorOptions = {}
let orchestrator: Orchestrator | undefined

const shared = (): Orchestrator => {
  orchestrator ??= new Orchestrator(options)
  return orchestrator
}

/** Sets the parts of the process's orchestrator; call it before the first prompt. */
export const configure = (given: OrchestratorOptions): void => {
  options = given
  orchestrator = undefined
}

/** The process's one supervisor, made on the first call; null when workers are off; a new one after `cleanup()`. */
export const initializeSupervisor = (): Promise<AgentSupervisor | null> => shared().initializeSupervisor()

/** See `Orchestrator.processUserPrompt`. */
export const processUserPrompt = (
  prompt: string,
  promptOptions: PromptOptions = {},
  routingDecision: RoutingDecision = {},
): Promise<PromptResult> => shared().processUserPrompt(prompt, promptOptions, routingDecision)

/** See `Orchestrator.executeStep0`. */
export const executeStep0 = (
  runId: string,
  workflowPath: string,
  taskDescription: string,
  complexity?: number,
): Promise<StepResult> => shared().executeStep0(runId, workflowPath, taskDescription, complexity)

/** See `Orchestrator.executeStep0Legacy`. */
export const executeStep0Legacy = (
  runId: string,
  workflowPath: string,
  taskDescription: string,
  complexity?: number,
): Promise<StepResult> => shared().executeStep0Legacy(runId, workflowPath, taskDescription, complexity)

/** See `Orchestrator.executeStep0Worker`. */
export const executeStep0Worker = (
  runId: string,
  workflowPath: string,
  taskDescription: string,
  complexity?: number,
): Promise<StepResult> => shared().executeStep0Worker(runId, workflowPath, taskDescription, complexity)

/** Ends everything of the process's orchestrator; the next call begins afresh. */
export const cleanup = (reason?: string): Promise<void> => shared().cleanup(reason)

/** See `installCleanupHandlers` in cleanup-handlers.ts; for the process's orchestrator. */
export const installCleanupHandlers = (given: Partial<CleanupHandlerOptions> = {}): CleanupHandlers =>
  install(shared(), { logger: options.logger ?? silentLogger, ...given })
