import { type FlagEvaluation, resolveWorkers } from '@mayfly/feature-flags'
import type { RunStore } from '@mayfly/run-store'
import { AgentSupervisor, killOwnChildrenSync } from '@mayfly/supervisor'
import { type Call, definedOnly, readCall } from './call.ts'
import { ControlHost } from './control/control-host.ts'
import { detectRuntime } from './detect-runtime.ts'
import { RunFailedError, UsageError } from './errors.ts'
import { chooseExecutionPath, type ExecutionPath } from './execution-path.ts'
import { type Logger, silentLogger, withPrefix } from './logger.ts'
import type { OrchestratorOptions, PromptOptions } from './orchestrator-options.ts'
import type { PreparedRun, RoutingDecision, RunRequest } from './prepare-run.ts'
import type { PromptResult } from './prompt-result.ts'
import { createRedactor, type Redactor } from './redactor.ts'
import { checkPrompt } from './request-checks.ts'
import { recordEnd, recordStart } from './run-record-writer.ts'
import { createSessionJournal } from './session-records.ts'
import type { Settings } from './settings.ts'
import { executeInProcess, executeInWorker, type RunningStep, type StepExecution } from './step-executor.ts'
import type { StepResult } from './step-task.ts'
import { makeArtifactFolder, StoreRegistry } from './store-registry.ts'

/** A call, and how many cleanups there had been when it was made. */
interface NumberedCall extends Call {
  readonly generation: number
}

/** Where a step runs and what it leaves goes. */
interface StepPlace {
  readonly store: RunStore
  readonly supervisor: AgentSupervisor | undefined
  readonly artifactFolder: string
}

/** Takes prompts, executes their first step in place or in a worker, and keeps the record of both. */
export class Orchestrator implements AsyncDisposable {
  readonly #options: OrchestratorOptions
  readonly #logger: Logger
  readonly #stores: StoreRegistry
  readonly #control: ControlHost
  readonly #active: Map<RunningStep, Promise<unknown>> = new Map()
  readonly #warned: Set<string> = new Set()
  #supervisor: AgentSupervisor | undefined
  /** As last asked for; a shutdown reads no settings, for a task may have broken the file that holds them. */
  #graceMs: number | undefined
  #cleaning: Promise<void> | undefined
  #redactor: Redactor = createRedactor({})
  /** Counts cleanups: what was asked for before one must not begin after it. */
  #generation = 0

  constructor(options: OrchestratorOptions = {}) {
    this.#options = options
    this.#logger = withPrefix(options.logger ?? silentLogger, (line) => this.#redactor.text(line))
    this.#stores = new StoreRegistry(this.#logger, options.openStore)
    this.#control = new ControlHost(this.#logger)
  }

  /** The supervisor, made on the first call; null when workers are off. */
  async initializeSupervisor(): Promise<AgentSupervisor | null> {
    const { flag, settings } = this.#call({})
    if (flag.value) return this.#ensureSupervisor(settings)
    this.#logDisabled(flag)
    return null
  }

  /**
   * Creates the run, routes it, executes step 0 in place or in a worker, and writes down how it ended.
   * @throws RunFailedError with the record, when the step did not complete.
   * @throws UsageError and the other packages' errors when it was refused; nothing was written then.
   */
  async processUserPrompt(
    prompt: string,
    options: PromptOptions = {},
    routingDecision: RoutingDecision = {},
  ): Promise<PromptResult> {
    checkPrompt(prompt)
    const call = this.#call(options)
    const supervisor = this.#supervisorFor(call)
    const request: RunRequest = {
      prompt,
      cwd: call.cwd,
      environment: call.environment,
      runId: options.runId,
      agent: call.settings.agent.value,
      routingDecision: { workflow: call.settings.workflow.value, ...definedOnly(routingDecision) },
    }
    const run = await prepare(request)
    const path = chooseExecutionPath(call.flag, call.settings.mode.value, run.prompt, run.complexity)
    return await this.#execute(run, path, call, options, supervisor)
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
    this.#cleaning ??= this.#cleanup(reason).finally(() => {
      this.#cleaning = undefined
    })
    return this.#cleaning
  }

  /** The part of `cleanup` that an exit hook can do; threads die with the process. */
  cleanupSync(reason = 'the process has ended'): void {
    for (const step of this.#active.keys()) step.killChildrenSync()
    if (this.#options.ownsProcess === true) killOwnChildrenSync()
    this.#control.closeSync()
    this.#stores.closeSync(reason)
  }

  /** True while a step runs. */
  get isBusy(): boolean {
    return this.#active.size > 0
  }

  /** True when a worker's thread cannot be ended, so that `process.exit()` would hang behind it. */
  get isWedged(): boolean {
    return (this.#supervisor?.getMetrics().wedgedWorkers ?? 0) > 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cleanup('the orchestrator was disposed')
  }

  async #executeStep0(
    runId: string,
    workflowPath: string,
    taskDescription: string,
    complexity: number,
    mode: 'legacy' | 'worker' | undefined,
  ): Promise<StepResult> {
    const call = this.#call({ mode })
    const supervisor = this.#supervisorFor(call)
    const request: RunRequest = {
      prompt: checkPrompt(taskDescription),
      cwd: call.cwd,
      environment: call.environment,
      runId,
      agent: call.settings.agent.value,
      routingDecision: { workflow: workflowPath },
    }
    const run = { ...(await prepare(request)), complexity, mayExist: true }
    const path = chooseExecutionPath(call.flag, call.settings.mode.value, run.prompt, complexity)
    const { step0Result } = await this.#execute(run, path, call, {}, supervisor)
    // `#execute` rejects when there is none.
    return step0Result as StepResult
  }

  async #execute(
    run: PreparedRun,
    path: ExecutionPath,
    call: NumberedCall,
    options: PromptOptions,
    supervisor: AgentSupervisor | undefined,
  ): Promise<PromptResult> {
    this.#assertOpen(call)
    const store = await this.#stores.open(run.storeFolder)
    this.#assertOpen(call)
    const artifactFolder = makeArtifactFolder(run.storeFolder, run.runId)
    const startedAt = Date.now()
    this.#logger.info(`Workflow ${run.routing.workflow}, ${run.routing.complexity} complexity: ${run.routing.reason}`)
    await recordStart(store, run, path, detectRuntime(call.environment), this.#redactor, startedAt)
    this.#logger.info(`Run ${run.runId} accepted`)
    this.#logger.info(path.line)
    this.#warnOfUnenforced(path, call.settings)
    options.onStart?.({ runId: run.runId, executionMode: path.executionMode })
    if (path.executionMode === 'worker' && supervisor !== undefined && this.#options.control === true) {
      void this.#control.open(store.bootId, supervisor)
    }
    const step = this.#startStep(run, path, call, options, { store, supervisor, artifactFolder })
    const ending = step.ended.then((execution) => this.#finish(store, run, path, execution, startedAt))
    this.#active.set(step, ending)
    return await ending.finally(() => this.#active.delete(step))
  }

  #startStep(
    run: PreparedRun,
    path: ExecutionPath,
    { settings }: Call,
    { signal, onProgress }: PromptOptions,
    { store, supervisor, artifactFolder }: StepPlace,
  ): RunningStep {
    const { runId, prompt, cwd, complexity, step, agent, storeFolder } = run
    const stepOptions = {
      task: { runId, prompt, cwd, complexity, step, agent },
      limits: {
        isolation: settings.isolation.value,
        heapLimitMb: settings.heapLimitMb.value,
        timeoutMs: settings.timeoutMs.value,
        graceMs: settings.graceMs.value,
        signal,
      },
      storeFolder,
      artifactFolder,
      store,
      logger: this.#logger,
      redactor: this.#redactor,
      onProgress,
    }
    return path.executionMode === 'worker' && supervisor !== undefined
      ? executeInWorker(stepOptions, supervisor)
      : executeInProcess(stepOptions, this.#journal)
  }

  async #finish(
    store: RunStore,
    run: PreparedRun,
    path: ExecutionPath,
    execution: StepExecution,
    startedAt: number,
  ): Promise<PromptResult> {
    const runRecord = await recordEnd(store, run, path, execution, this.#redactor, { startedAt, endedAt: Date.now() })
    const { result, outcome, artifacts, error } = execution
    const { runId, routing } = run
    const promptResult = {
      runId,
      routing,
      step0Result: result,
      runRecord,
      executionMode: path.executionMode,
      outcome,
      artifacts,
    }
    this.#logger.info(`Run ${runId} ${runRecord.status}`)
    if (result !== null) return promptResult
    throw new RunFailedError(`Run ${runId} ${runRecord.status}: ${runRecord.error?.message}`, promptResult, error)
  }

  /** With workers on, a short task initialises the supervisor too, as in the seed; threads start on first use only. */
  #supervisorFor({ flag, settings }: Call): AgentSupervisor | undefined {
    if (resolveWorkers(flag, settings.mode.value).enabled) return this.#ensureSupervisor(settings)
    this.#logDisabled(flag)
    return undefined
  }

  #ensureSupervisor(settings: Settings): AgentSupervisor {
    this.#graceMs = settings.graceMs.value
    if (this.#supervisor !== undefined) return this.#supervisor
    this.#logger.info('Initializing worker supervisor')
    const create = this.#options.createSupervisor ?? ((options) => new AgentSupervisor(options))
    this.#supervisor = create({
      maxWorkers: settings.maxWorkers.value,
      journal: this.#journal,
      log: (line) => this.#logger.info(line),
    })
    this.#logger.info('Supervisor initialized successfully')
    return this.#supervisor
  }

  get #journal(): ReturnType<typeof createSessionJournal> {
    return createSessionJournal((storeFolder) => this.#stores.open(storeFolder))
  }

  #call(options: PromptOptions): NumberedCall {
    const call = readCall(this.#options, options, (line) => this.#warnOnce(line))
    this.#redactor = createRedactor(call.environment)
    return { ...call, generation: this.#generation }
  }

  #warnOfUnenforced({ executionMode }: ExecutionPath, { heapLimitMb }: Settings): void {
    if (executionMode === 'worker' || heapLimitMb.source === 'default') return
    this.#logger.warn(`The heap limit of ${heapLimitMb.value} MB cannot be enforced in legacy mode; use --mode worker`)
  }

  #logDisabled(flag: FlagEvaluation): void {
    const why = flag.value ? 'by this call' : 'USE_WORKERS=false'
    this.#logger.info(`Worker pattern disabled (${why})`)
  }

  #warnOnce(line: string): void {
    if (this.#warned.has(line)) return
    this.#warned.add(line)
    this.#logger.warn(line)
  }

  #assertOpen({ generation }: NumberedCall): void {
    if (this.#cleaning === undefined && generation === this.#generation) return
    throw new UsageError('ORCHESTRATOR_CLOSED', 'The orchestrator is shutting down and takes no more prompts.')
  }

  async #cleanup(reason: string): Promise<void> {
    this.#generation++
    const supervisor = this.#supervisor
    for (const step of this.#active.keys()) step.interrupt(reason)
    if (supervisor !== undefined) await this.#closeSupervisor(supervisor, reason)
    await Promise.allSettled(this.#active.values())
    this.#control.closeSync()
    this.#stores.closeSync(reason)
    this.#logger.info('Cleanup completed')
  }

  async #closeSupervisor(supervisor: AgentSupervisor, reason: string): Promise<void> {
    const running = this.#active.size
    if (running > 0) this.#logger.info(`Terminating ${running} active worker${running === 1 ? '' : 's'}`)
    await supervisor.close({ reason, ...(this.#graceMs !== undefined && { graceMs: this.#graceMs }) })
    // A wedged one is kept in mind: whoever ends this process must know.
    if (this.isWedged) return
    this.#supervisor = undefined
    this.#logger.info('Workers terminated')
  }
}

/** @example await using orchestrator = createOrchestrator({ logger: console, cwd: '/srv/project' }) */
export const createOrchestrator = (options: OrchestratorOptions = {}): Orchestrator => new Orchestrator(options)

/** Imported late: it brings the YAML parser, and the log's first line must not wait for that. */
const prepare = async (request: RunRequest): Promise<PreparedRun> => {
  const { prepareRun } = await import('./prepare-run.ts')
  return await prepareRun(request)
}
