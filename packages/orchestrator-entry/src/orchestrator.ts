import type { CancelAnswer, RunRecord } from '@mayfly/run-store'
import type { AgentSupervisor } from '@mayfly/supervisor'
import { readWishes } from './agent-choice.ts'
import { definedOnly } from './call.ts'
import { UsageError } from './errors.ts'
import { chooseExecutionPath, type ExecutionPath } from './execution-path.ts'
import { executeKnownRun } from './known-run.ts'
import { type NumberedCall, OrchestratorCore } from './orchestrator-core.ts'
import type {
  OrchestratorOptions,
  PromptOptions,
  ServeOptions,
  SubmittedRun,
  TakeUpOptions,
} from './orchestrator-options.ts'
import type { PreparedRun, RoutingDecision, RunRequest } from './prepare-run.ts'
import type { PromptResult } from './prompt-result.ts'
import { executePrompt, submitPrompt } from './prompt-run.ts'
import type { RunNews } from './queue/run-watch.ts'
import { checkPrompt } from './request-checks.ts'
import { assertNoThread, restrictPath } from './restriction/restricted-path.ts'
import {
  cancelRun,
  type ResumedRun,
  requeueRun,
  resumeAll,
  serveQueue,
  type TakeUp,
  takeUpRun,
  watchRun,
} from './run-control.ts'
import type { StepResult } from './step-task.ts'
import { type ApprovalDecision, decideApproval } from './workflow/approve-run.ts'
import { approveAndContinue } from './workflow/continue-run.ts'
import { DETACHED } from './workflow/step-routing.ts'
import { refuseWholeOnly } from './workflow/whole-only.ts'

/** Takes prompts, executes their first step in place or in a worker, and keeps the record of both. */
export class Orchestrator implements AsyncDisposable {
  readonly #core: OrchestratorCore

  constructor(options: OrchestratorOptions = {}) {
    this.#core = new OrchestratorCore(options)
  }

  /** The supervisor, made on the first call; null when workers are off. */
  async initializeSupervisor(): Promise<AgentSupervisor | null> {
    const { flag, settings } = this.#core.call({})
    if (flag.value) return this.#core.ensureSupervisor(settings)
    this.#core.logDisabled(flag)
    return null
  }

  /**
   * Creates the run, routes it, executes step 0 in place or in a worker, and writes down how it ended; with `steps: 'all'` the
   * whole workflow, until it has ended or waits for a person. With an `idempotencyKey` that is known, waits for the first run with that key instead.
   * @throws RunFailedError with the record, when the step did not complete.
   * @throws UsageError and the other packages' errors when it was refused; nothing was written then.
   */
  async processUserPrompt(
    prompt: string,
    options: PromptOptions = {},
    routingDecision: RoutingDecision = {},
  ): Promise<PromptResult> {
    checkPrompt(prompt)
    const core = this.#core
    const call = core.call(options)
    const supervisor = core.supervisorFor(call)
    const request = await toRequest(prompt, call, options, routingDecision)
    if (call.settings.steps.value === 'all') {
      const { executeWholeRun } = await import('./workflow/execute-whole-run.ts')
      return await core.track(executeWholeRun(core, { call, request, options, supervisor }))
    }
    refuseWholeOnly(call.settings, options)
    const run = await prepare(request)
    const path = choosePath(call, run)
    return await core.track(executePrompt(core, { call, run, path, options, supervisor }))
  }

  /**
   * Accepts a run and returns at once: whichever process serves the queue executes it, in a worker. When this resolves it
   * is on the disk.
   * @throws UsageError and the other packages' errors when it was refused; nothing was written then.
   */
  async submitPrompt(
    prompt: string,
    options: PromptOptions = {},
    routingDecision: RoutingDecision = {},
  ): Promise<SubmittedRun> {
    checkPrompt(prompt)
    const core = this.#core
    const call = core.call(options)
    if (call.settings.mode.value === 'legacy') {
      throw new UsageError(
        'SETTING_INVALID',
        'A detached run is executed in a worker of the process that serves the queue; leave out mode legacy.',
      )
    }
    const request = await toRequest(prompt, call, options, routingDecision)
    if (call.settings.steps.value === 'all') {
      const { submitWholeRun } = await import('./workflow/execute-whole-run.ts')
      return await core.track(submitWholeRun(core, { call, request, options, supervisor: undefined }))
    }
    refuseWholeOnly(call.settings, options)
    const run = await prepare(request)
    assertNoThread([run.agent], call.settings.isolation)
    const decided = chooseExecutionPath(call.flag, 'worker', run.prompt, run.complexity)
    const path = { ...decided, reason: DETACHED }
    return await core.track(submitPrompt(core, { call, run, path, options }))
  }

  /**
   * Continues a run that was interrupted at its first unfinished step, with the artifacts and the checkpoint that it has, or one
   * that waits and that nobody has begun; in the mode in which it was begun.
   * @throws RunNotFoundError, RunNotRequeuableError; RunFailedError when it did not complete.
   */
  resumeRun(runId: string, options: TakeUpOptions = {}): Promise<PromptResult> {
    return this.#takeUp(runId, 'resume', options)
  }

  /** Another attempt of a run that failed, was cancelled or interrupted: the same run, with one more session. @throws as `resumeRun` */
  retryRun(runId: string, options: TakeUpOptions = {}): Promise<PromptResult> {
    return this.#takeUp(runId, 'retry', options)
  }

  /** Like `resumeRun` and `retryRun`, but leaves it to whichever process serves the queue. */
  async requeueRun(runId: string, how: TakeUp, options: TakeUpOptions = {}): Promise<RunRecord> {
    const call = this.#core.call(options)
    return await this.#core.track(requeueRun(this.#core, call, runId, how, false))
  }

  /**
   * Resumes every run that was interrupted, takes those that wait and that nobody has begun, and brings back the work of those that have
   * completed in a worktree whose process died before it did that. Resolves to how each ended.
   */
  async resumeAll(options: TakeUpOptions = {}): Promise<readonly ResumedRun[]> {
    const call = this.#core.call(options)
    return await this.#core.track(resumeAll(this.#core, call, options))
  }

  /**
   * Ends a run that waits, or leaves a mark that the process that works on it heeds within a second, wherever it runs.
   * @throws RunNotFoundError
   */
  async cancelRun(
    runId: string,
    reason = 'cancelled by a person',
    options: Pick<TakeUpOptions, 'cwd'> = {},
  ): Promise<CancelAnswer> {
    const call = this.#core.call(options)
    return await this.#core.track(cancelRun(this.#core, call, runId, reason))
  }

  /**
   * Tells a run what a person decided about a step that waits for it, and stays with the run until it has ended or waits again.
   * @throws RunNotFoundError; UsageError `NOTHING_TO_APPROVE`; RunFailedError when it did not complete.
   */
  async approveRun(runId: string, decision: ApprovalDecision = {}, options: TakeUpOptions = {}): Promise<PromptResult> {
    const call = this.#core.call(options)
    return await this.#core.track(approveAndContinue(this.#core, call, runId, decision, options))
  }

  /** Like `approveRun`, but leaves what follows to whichever process serves the queue. */
  async decideApproval(
    runId: string,
    decision: ApprovalDecision = {},
    options: TakeUpOptions = {},
  ): Promise<RunRecord> {
    const call = this.#core.call(options)
    return await this.#core.track(decideApproval(this.#core, call, runId, decision, false))
  }

  /** All that is on record about a run and what comes to it, until it has ended. @throws RunNotFoundError */
  watchRun(runId: string, { signal, cwd }: Pick<TakeUpOptions, 'cwd' | 'signal'> = {}): AsyncGenerator<RunNews, void> {
    return watchRun(this.#core, this.#core.call({ cwd }), runId, signal)
  }

  /**
   * Works off the queue, in workers, until its signal or `cleanup` stops it. Several processes may serve one store; their limits hold
   * together. A cleanup gives running steps their grace; what is cut short goes back to the queue when it is
   * repeatable and has attempts left, and is interrupted otherwise.
   * @throws WorkersDisabledError `WORKERS_DISABLED`
   */
  async serve(options: ServeOptions = {}): Promise<void> {
    const call = this.#core.call(options)
    await this.#core.track(serveQueue(this.#core, call, options))
  }

  /**
   * Executes step 0 of a workflow by the decision tree.
   * @param complexity from 0 to 1, as `complexityScore` maps it.
   * @throws RunFailedError when it did not complete.
   */
  executeStep0(runId: string, workflowPath: string, taskDescription: string, complexity = 0.5): Promise<StepResult> {
    return this.#executeStep0(runId, workflowPath, taskDescription, complexity, undefined)
  }

  /** Executes step 0 in this process. */
  executeStep0Legacy(
    runId: string,
    workflowPath: string,
    taskDescription: string,
    complexity = 0.5,
  ): Promise<StepResult> {
    return this.#executeStep0(runId, workflowPath, taskDescription, complexity, 'legacy')
  }

  /**
   * Executes step 0 in a worker.
   * @throws WorkersDisabledError `WORKERS_DISABLED` when the flag says so.
   */
  executeStep0Worker(
    runId: string,
    workflowPath: string,
    taskDescription: string,
    complexity = 0.5,
  ): Promise<StepResult> {
    return this.#executeStep0(runId, workflowPath, taskDescription, complexity, 'worker')
  }

  /**
   * Ends workers and steps in place, marks what was running as interrupted and closes the store. Concurrent calls share
   * one promise; afterwards the orchestrator may be used again.
   */
  cleanup(reason = 'the process was told to end'): Promise<void> {
    return this.#core.cleanup(reason)
  }

  /** The part of `cleanup` that an exit hook can do; threads die with the process. */
  cleanupSync(reason = 'the process has ended'): void {
    this.#core.cleanupSync(reason)
  }

  /** True while a step runs. */
  get isBusy(): boolean {
    return this.#core.isBusy
  }

  /** True when a worker's thread cannot be ended, so that `process.exit()` would hang behind it. */
  get isWedged(): boolean {
    return this.#core.isWedged
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cleanup('the orchestrator was disposed')
  }

  async #takeUp(runId: string, how: TakeUp, options: TakeUpOptions): Promise<PromptResult> {
    const call = this.#core.call(options)
    return await this.#core.track(takeUpRun(this.#core, call, runId, how, options))
  }

  async #executeStep0(
    runId: string,
    workflowPath: string,
    taskDescription: string,
    complexity: number,
    mode: 'legacy' | 'worker' | undefined,
  ): Promise<StepResult> {
    const core = this.#core
    const call = core.call({ mode })
    const supervisor = core.supervisorFor(call)
    const request = await toRequest(checkPrompt(taskDescription), call, { runId }, { workflow: workflowPath })
    const run = { ...(await prepare(request)), complexity }
    const path = choosePath(call, run)
    const prompt = { call, run, path, options: {}, supervisor }
    const execute = async (): Promise<PromptResult> => {
      const desk = await core.openDesk(call)
      const known = await desk.store.getRun(runId)
      return known === undefined ? await executePrompt(core, prompt) : await executeKnownRun(core, desk, known, prompt)
    }
    const { step0Result } = await core.track(execute())
    // It rejects when there is none.
    return step0Result as StepResult
  }
}

/** @example await using orchestrator = createOrchestrator({ logger: console, cwd: '/srv/project' }) */
export const createOrchestrator = (options: OrchestratorOptions = {}): Orchestrator => new Orchestrator(options)

const toRequest = async (
  prompt: string,
  { cwd, environment, settings }: ReturnType<OrchestratorCore['call']>,
  options: PromptOptions,
  routingDecision: RoutingDecision,
): Promise<RunRequest> => ({
  ...{ prompt, cwd, environment },
  runId: options.runId,
  repeatable: options.repeatable,
  wishes: await readWishes(settings, options, { environment, cwd }),
  routingDecision: { workflow: settings.workflow.value, ...definedOnly(routingDecision) },
})

/** @throws AgentOptionError for an agent that nothing would keep to what it may do */
const choosePath = (call: NumberedCall, { prompt, complexity, agent }: PreparedRun): ExecutionPath =>
  restrictPath(chooseExecutionPath(call.flag, call.settings.mode.value, prompt, complexity), agent, call)

/** Imported late: it brings the YAML parser, and the log's first line must not wait for that. */
const prepare = async (request: RunRequest): Promise<PreparedRun> => {
  const { prepareRun } = await import('./prepare-run.ts')
  return await prepareRun(request)
}
