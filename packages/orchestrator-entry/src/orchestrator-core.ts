import { type AgentReference, secretVariables } from '@mayfly/agents'
import { type FlagEvaluation, resolveWorkers } from '@mayfly/feature-flags'
import { findStoreFolder } from '@mayfly/run-store'
import { AgentSupervisor, killOwnChildrenSync, type SessionJournal } from '@mayfly/supervisor'
import { type Call, readCall } from './call.ts'
import { ControlHost } from './control/control-host.ts'
import type { Environment } from './detect-runtime.ts'
import { UsageError } from './errors.ts'
import { type Logger, silentLogger, withPrefix } from './logger.ts'
import type { OrchestratorOptions, PromptOptions } from './orchestrator-options.ts'
import { AttemptRunner } from './queue/attempt-runner.ts'
import { RunDriver } from './queue/run-driver.ts'
import type { StoreDesk } from './queue/store-desk.ts'
import { createRedactor, type Redactor } from './redactor.ts'
import { createSessionJournal } from './session-records.ts'
import type { Settings } from './settings.ts'
import type { RunningStep } from './step-executor.ts'
import { StoreRegistry } from './store-registry.ts'
import { WorkflowShelf } from './workflow/stored-workflow.ts'

/** A call, and how many cleanups there had been when it was made. */
export interface NumberedCall extends Call {
  readonly generation: number
  /** Where its runs are on record. */
  readonly storeFolder: string
}

/** The parts that all of an orchestrator's work shares, and their common end. */
export class OrchestratorCore {
  readonly options: OrchestratorOptions
  readonly logger: Logger
  readonly stores: StoreRegistry
  readonly shelf: WorkflowShelf = new WorkflowShelf()
  readonly runner: AttemptRunner
  readonly driver: RunDriver
  readonly #control: ControlHost
  readonly #active: Map<RunningStep, Promise<unknown>> = new Map()
  readonly #work: Set<Promise<unknown>> = new Set()
  readonly #warned: Set<string> = new Set()
  #supervisor: AgentSupervisor | undefined
  /** As last asked for; a shutdown reads no settings, for a task may have broken the file that holds them. */
  #graceMs: number | undefined
  #cleaning: Promise<void> | undefined
  #closing: AbortController = new AbortController()
  #redactor: Redactor = createRedactor({})
  /** Of environment variables that agents were told to have. */
  readonly #secretNames: Set<string> = new Set()
  /** Counts cleanups: what was asked for before one must not begin after it. */
  #generation = 0

  constructor(options: OrchestratorOptions) {
    this.options = options
    this.logger = withPrefix(options.logger ?? silentLogger, (line) => this.#redactor.text(line))
    this.stores = new StoreRegistry(this.logger, options.openStore)
    this.#control = new ControlHost(this.logger)
    this.runner = new AttemptRunner({
      logger: this.logger,
      redactor: () => this.#redactor,
      supervisor: () => this.#supervisor,
      active: this.#active,
      shelf: this.shelf,
      environment: () => this.#environment,
      hideSecretsOf: (agent) => this.hideSecretsOf(agent),
      onWorker: (bootId) => this.openControl(bootId),
    })
    this.driver = new RunDriver(this.runner, this.logger)
  }

  get redactor(): Redactor {
    return this.#redactor
  }

  /** Aborted when the next cleanup begins. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  get isBusy(): boolean {
    return this.#active.size > 0
  }

  get isWedged(): boolean {
    return (this.#supervisor?.getMetrics().wedgedWorkers ?? 0) > 0
  }

  get journal(): SessionJournal {
    return createSessionJournal(async (storeFolder) => (await this.stores.open(storeFolder)).store)
  }

  /** From now on what an agent must keep to itself is kept out of log and records. */
  hideSecretsOf(agent: AgentReference): void {
    const unknown = secretVariables(agent).filter((name) => !this.#secretNames.has(name))
    if (unknown.length === 0) return
    for (const name of unknown) this.#secretNames.add(name)
    this.#redactor = createRedactor(this.#environment, this.#secretNames)
  }

  get #environment(): Environment {
    return this.options.environment ?? process.env
  }

  call(options: PromptOptions): NumberedCall {
    const call = readCall(this.options, options, (line) => this.#warnOnce(line))
    this.#redactor = createRedactor(call.environment, this.#secretNames)
    return { ...call, generation: this.#generation, storeFolder: findStoreFolder(call.cwd, call.environment) }
  }

  /** @throws UsageError `ORCHESTRATOR_CLOSED` */
  assertOpen({ generation }: NumberedCall): void {
    if (this.#cleaning === undefined && generation === this.#generation) return
    throw new UsageError('ORCHESTRATOR_CLOSED', 'The orchestrator is shutting down and takes no more prompts.')
  }

  async openDesk(call: NumberedCall): Promise<StoreDesk> {
    this.assertOpen(call)
    const desk = await this.stores.open(call.storeFolder, call.settings.leaseMs.value)
    this.assertOpen(call)
    return desk
  }

  /** Also while it is shutting down: who waits has to hear how it ended. */
  reopenDesk({ storeFolder, settings }: NumberedCall): Promise<StoreDesk> {
    return this.stores.open(storeFolder, settings.leaseMs.value)
  }

  /** Undefined where there is no store yet; none is made. */
  async openExistingDesk(call: NumberedCall): Promise<StoreDesk | undefined> {
    this.assertOpen(call)
    return await this.stores.openExisting(call.storeFolder, call.settings.leaseMs.value)
  }

  /** A cleanup waits for it. */
  async track<Value>(work: Promise<Value>): Promise<Value> {
    this.#work.add(work)
    return await work.finally(() => this.#work.delete(work))
  }

  /** A step past the queue, which a cleanup has to find. */
  async trackStep<Value>(step: RunningStep, ending: Promise<Value>): Promise<Value> {
    this.#active.set(step, ending)
    return await ending.finally(() => this.#active.delete(step))
  }

  /** With workers on, a short task initialises the supervisor too, as in the seed; threads start on first use only. */
  supervisorFor({ flag, settings }: Call): AgentSupervisor | undefined {
    if (resolveWorkers(flag, settings.mode.value).enabled) return this.ensureSupervisor(settings)
    this.logDisabled(flag)
    return undefined
  }

  ensureSupervisor(settings: Settings): AgentSupervisor {
    this.#graceMs = settings.graceMs.value
    if (this.#supervisor !== undefined) return this.#supervisor
    this.logger.info('Initializing worker supervisor')
    const create = this.options.createSupervisor ?? ((options) => new AgentSupervisor(options))
    this.#supervisor = create({
      maxWorkers: settings.maxWorkers.value,
      journal: this.journal,
      log: (line) => this.logger.info(line),
    })
    this.logger.info('Supervisor initialized successfully')
    return this.#supervisor
  }

  /** Lets other processes ask for profiles of the workers of a store's host, if they may. */
  openControl(bootId: string): void {
    if (this.options.control === true && this.#supervisor !== undefined)
      void this.#control.open(bootId, this.#supervisor)
  }

  logDisabled(flag: FlagEvaluation): void {
    const why = flag.value ? 'by this call' : 'USE_WORKERS=false'
    this.logger.info(`Worker pattern disabled (${why})`)
  }

  cleanup(reason: string): Promise<void> {
    this.#cleaning ??= this.#cleanup(reason).finally(() => {
      this.#cleaning = undefined
    })
    return this.#cleaning
  }

  cleanupSync(reason: string): void {
    for (const step of this.#active.keys()) step.killChildrenSync()
    if (this.options.ownsProcess === true) killOwnChildrenSync()
    this.#control.closeSync()
    this.stores.closeSync(reason)
  }

  async #cleanup(reason: string): Promise<void> {
    this.#generation++
    this.#closing.abort()
    this.#closing = new AbortController()
    for (const desk of this.stores.desks) desk.beginClosing()
    for (const step of this.#active.keys()) step.interrupt(reason)
    if (this.#supervisor !== undefined) await this.#closeSupervisor(this.#supervisor, reason)
    await this.runner.settled()
    await Promise.allSettled(this.#active.values())
    // What waited in this process hears of its end now, and says so to whoever waits for it.
    this.stores.interruptOwn(reason)
    await Promise.allSettled(this.#work)
    // Whoever watched a worker hears that it has ended, unless it has not.
    if (!this.isWedged) await this.#control.answered()
    this.#control.closeSync()
    this.stores.closeSync(reason)
    this.logger.info('Cleanup completed')
  }

  async #closeSupervisor(supervisor: AgentSupervisor, reason: string): Promise<void> {
    const running = this.#active.size
    if (running > 0) this.logger.info(`Terminating ${running} active worker${running === 1 ? '' : 's'}`)
    await supervisor.close({ reason, ...(this.#graceMs !== undefined && { graceMs: this.#graceMs }) })
    // A wedged one is kept in mind: whoever ends this process must know.
    if (this.isWedged) return
    this.#supervisor = undefined
    this.logger.info('Workers terminated')
  }

  #warnOnce(line: string): void {
    if (this.#warned.has(line)) return
    this.#warned.add(line)
    this.logger.warn(line)
  }
}
