import { EventEmitter } from 'node:events'
import { ChildRegistry } from './children/child-registry.ts'
import { systemClock } from './clock.ts'
import { createSessionId, EndedSessions, OutcomeCounts, type SessionResult } from './ended-sessions.ts'
import { journalFailed, SupervisorError } from './errors.ts'
import { snapshotOf } from './journal.ts'
import { Admission, type AdmissionMetrics, reservationOf } from './memory/admission.ts'
import { defaultMemoryBudgetMb, fitDefaultHeapLimit } from './memory/memory-budget.ts'
import { MemoryGuard } from './memory/memory-guard.ts'
import {
  checkSupervisorOptions,
  checkTaskOptions,
  defaults,
  type SupervisorOptions,
  type Task,
  type TaskOptions,
} from './options.ts'
import type { Outcome } from './session/outcome.ts'
import { Session, type SessionObserver } from './session/session.ts'
import type { SessionTask } from './session/session-task.ts'
import { callBack, createSessionTask, type LimitDefaults, type Submission, Ticket } from './submission.ts'
import { findFuseOverride } from './tiers/fuse.ts'
import { ThreadTransport } from './tiers/thread-transport.ts'
import type { Transport } from './tiers/transport.ts'
import { DEFAULT_ENVIRONMENT_ALLOW_LIST, workerEnvironment } from './tiers/worker-environment.ts'

export interface SupervisorMetrics {
  /** Workers that exist now, starting and stopping ones included. */
  readonly activeWorkers: number
  readonly maxWorkers: number
  /** Threads that could not be ended: they hold their slot and their memory. */
  readonly wedgedWorkers: number
  readonly queuedTasks: number
  readonly memory: AdmissionMetrics
  readonly outcomesByCause: Readonly<Record<string, number>>
  readonly outcomesByStatus: Readonly<Record<string, number>>
}

export interface CloseOptions {
  /** How long running tasks may go on after their abort signal. @default 5000 */
  readonly graceMs?: number
  /** Ends running tasks at once. @default false */
  readonly force?: boolean
  /** What the tasks' errors say. @default 'the supervisor is closing' */
  readonly reason?: string
}

interface SupervisorEvents {
  /** A session has changed its state. */
  session: [sessionId: string, state: Session['state']]
  settled: [outcome: Outcome]
  /** Nothing runs and nothing waits. */
  drain: []
  warning: [message: string, cause: unknown]
}

/**
 * Owns the queue, the workers, their limits and their ends. Each task gets a fresh worker thread that ends with it.
 *
 * @example
 * await using supervisor = new AgentSupervisor({ maxWorkers: 2 })
 * const sum = await supervisor.run({ handler: { module: import.meta.resolve('./add.js') }, input: [1, 2] })
 */
export class AgentSupervisor extends EventEmitter<SupervisorEvents> {
  readonly #options: SupervisorOptions
  readonly #limits: LimitDefaults
  readonly #maxWorkers: number
  readonly #admission: Admission
  readonly #transport: Transport
  readonly #guard: MemoryGuard = new MemoryGuard()
  readonly #children: ChildRegistry = new ChildRegistry()
  readonly #tickets: Map<Session, Ticket> = new Map()
  readonly #sessions: Map<string, Session> = new Map()
  readonly #ended: EndedSessions = new EndedSessions()
  readonly #counts: OutcomeCounts = new OutcomeCounts()
  readonly #journalWrites: Set<Promise<void>> = new Set()
  #closing: Promise<void> | undefined

  /** @throws SupervisorError `OPTIONS_INVALID`, `SUPERVISOR_UNSUPPORTED_PLATFORM` */
  constructor(options: SupervisorOptions = {}) {
    super()
    assertPlatform()
    this.#options = checkSupervisorOptions(options)
    this.#maxWorkers = options.maxWorkers ?? defaults.maxWorkers
    const budgetMb = options.memoryBudgetMb ?? defaultMemoryBudgetMb()
    this.#limits = this.#fitLimits(budgetMb)
    this.#admission = new Admission(this.#maxWorkers, budgetMb)
    this.#transport = new ThreadTransport({
      maxThreads: this.#maxWorkers,
      killThreadChildren: (sessionId, pids) => this.#children.killTrees(sessionId, pids),
    })
  }

  /** Starts nothing: threads start when a task needs one. Here for callers that wait for it; may be called often. */
  async initialize(): Promise<this> {
    this.#assertOpen()
    return this
  }

  /** Accepts a task and answers at once; refusals come as rejections of `result` and `outcome`. */
  submit<Value = unknown>(task: Task, options: TaskOptions = {}): Submission<Value> {
    const sessionId = createSessionId('worker-session')
    const ticket = new Ticket(options)
    try {
      this.#assertOpen()
      checkTaskOptions(options)
      const session = this.#createSession(this.#createTask(task, options, sessionId), ticket)
      void this.#accept(session, ticket)
      return ticket.submission(sessionId, (reason) => session.cancel('user', reason))
    } catch (error) {
      ticket.refuse(error as SupervisorError)
      return ticket.submission(sessionId, () => {})
    }
  }

  /**
   * Runs a task in a worker of its own and resolves to its value.
   * @throws TaskError when it did not complete; `outcome` says how it ended.
   * @throws SupervisorError when it was refused.
   */
  run<Value = unknown>(task: Task, options: TaskOptions = {}): Promise<Value> {
    return this.submit<Value>(task, options).result
  }

  /**
   * Resolves to the session's id once the task runs.
   * @throws SupervisorError when it was refused; TaskError when it ended before it ran.
   */
  async spawnWorker(task: Task, options: TaskOptions = {}): Promise<string> {
    const running = Promise.withResolvers<void>()
    const onRunning = (id: string): void => {
      running.resolve()
      options.onRunning?.(id)
    }
    const { sessionId, result } = this.submit(task, { ...options, onRunning })
    await Promise.race([running.promise, result])
    return sessionId
  }

  /**
   * Resolves to the outcome of a session; a failed task does not reject.
   * @throws SupervisorError `SESSION_UNKNOWN`
   */
  async waitForCompletion(sessionId: string): Promise<Outcome> {
    const session = this.#sessions.get(sessionId)
    const ticket = session && this.#tickets.get(session)
    if (ticket !== undefined) return (await ticket.settled).outcome
    const ended = this.#ended.get(sessionId)
    if (ended !== undefined) return ended.outcome
    throw unknownSession(sessionId)
  }

  /**
   * Value or error, and outcome, of one of the last 1,000 sessions that have ended (fewer when their values take more than
   * 64 MB together); undefined for any other.
   */
  getResult(sessionId: string): SessionResult | undefined {
    return this.#ended.get(sessionId)
  }

  getMetrics(): SupervisorMetrics {
    const sessions = [...this.#sessions.values()]
    return {
      activeWorkers: this.#admission.admitted,
      maxWorkers: this.#maxWorkers,
      wedgedWorkers: sessions.filter((session) => session.isWedged).length,
      queuedTasks: this.#admission.queued,
      memory: this.#admission.metrics(),
      outcomesByCause: { ...this.#counts.byCause },
      outcomesByStatus: { ...this.#counts.byStatus },
    }
  }

  /**
   * Cancels a session and resolves to its outcome.
   * @throws SupervisorError `SESSION_UNKNOWN`
   */
  async terminateWorker(sessionId: string, reason = 'terminated by its caller'): Promise<Outcome> {
    this.#sessions.get(sessionId)?.cancel('user', reason, false)
    return await this.waitForCompletion(sessionId)
  }

  /**
   * Takes no more tasks, cancels those that wait, lets running ones finish their grace, and resolves when every worker
   * and child process is gone (a wedged thread excepted). Concurrent calls share one promise; `force` may come later.
   */
  close(options: CloseOptions = {}): Promise<void> {
    const { graceMs = defaults.graceMs, force = false, reason = 'the supervisor is closing' } = options
    if (force) this.#cancelAll(reason, false)
    this.#closing ??= this.#close(graceMs, reason)
    return this.#closing
  }

  /** Ends everything at once. */
  destroy(): Promise<void> {
    return this.close({ force: true })
  }

  /** The seed's name for `close`. */
  cleanup(options: CloseOptions = {}): Promise<void> {
    return this.close(options)
  }

  /** For an exit hook, which may do synchronous work only: threads die with the process, child processes do not. */
  killChildrenSync(): void {
    for (const sessionId of this.#children.sessionIds) this.#children.killAll(sessionId)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #fitLimits(budgetMb: number): LimitDefaults {
    const wantedMb = this.#options.heapLimitMb ?? defaults.heapLimitMb
    const externalLimitMb = this.#options.externalLimitMb ?? defaults.externalLimitMb
    const heapLimitMb = fitDefaultHeapLimit(wantedMb, externalLimitMb, this.#maxWorkers, budgetMb)
    if (heapLimitMb < wantedMb) {
      this.#log(
        `Default heap limit lowered from ${wantedMb} MB to ${heapLimitMb} MB: ${this.#maxWorkers} workers must fit into ${budgetMb} MB`,
      )
    }
    const override = findFuseOverride()
    if (override !== undefined) {
      this.#log(`--max-old-space-size=${override} replaces the hard heap limit of workers; their soft limits hold`)
    }
    return { heapLimitMb, externalLimitMb, timeoutMs: this.#options.timeoutMs ?? defaults.timeoutMs }
  }

  #createTask(task: Task, options: TaskOptions, sessionId: string): SessionTask {
    const allowList = this.#options.environmentAllowList ?? DEFAULT_ENVIRONMENT_ALLOW_LIST
    const environment = workerEnvironment(allowList, options.environment ?? {}, sessionId)
    return createSessionTask(task, options, sessionId, environment, this.#limits)
  }

  #createSession(task: SessionTask, ticket: Ticket): Session {
    this.#assertRoom(reservationOf(task))
    const session = new Session(task, this.#transport, systemClock, this.#observer)
    this.#tickets.set(session, ticket)
    this.#sessions.set(session.id, session)
    return session
  }

  async #accept(session: Session, ticket: Ticket): Promise<void> {
    try {
      await this.#options.journal?.queued(snapshotOf(session, ticket.options.metadata))
    } catch (cause) {
      return this.#refuse(session, ticket, journalFailed(cause))
    }
    if (session.settlement !== undefined) return
    ticket.listen(session)
    if (session.state !== 'queued') return
    this.#admission.enqueue(session)
    this.#startNext()
  }

  #refuse(session: Session, ticket: Ticket, error: SupervisorError): void {
    ticket.refuse(error)
    session.cancel('shutdown', error.message, false)
  }

  #startNext(): void {
    for (let session = this.#admission.next(); session !== undefined; session = this.#admission.next()) {
      this.#guard.watch(session)
      session.start()
    }
    const { waitingFor } = this.#admission.metrics()
    if (waitingFor === 'memory')
      this.#log('The next task waits for memory: what is promised to running tasks must end first')
  }

  readonly #observer: SessionObserver = {
    changed: (session) => this.#onChanged(session),
    settled: (session, settlement) => {
      this.#ended.add(settlement)
      this.#counts.add(settlement.outcome)
      // After whoever waits for the result; the session's end kills them in any case.
      setImmediate(() => this.#children.killAll(session.id))
      const metadata = this.#optionsOf(session)?.metadata
      this.#tickets.get(session)?.settle(settlement)
      this.#tickets.delete(session)
      this.#write(async () => await this.#options.journal?.ended?.(snapshotOf(session, metadata), settlement.outcome))
      this.#announce('settled', settlement.outcome)
    },
    progress: (session, value) => callBack(this.#optionsOf(session)?.onProgress, value),
    log: (session, line) => callBack(this.#optionsOf(session)?.onLog, line),
    checkpoint: (session, value) => callBack(this.#optionsOf(session)?.onCheckpoint, value),
    artifact: (session, artifact) => callBack(this.#optionsOf(session)?.onArtifact, artifact),
    child: (session, pid, alive) => this.#onChild(session, pid, alive),
  }

  #optionsOf(session: Session): TaskOptions | undefined {
    return this.#tickets.get(session)?.options
  }

  #onChanged(session: Session): void {
    if (session.state === 'running') this.#tickets.get(session)?.markRunning(session.id)
    if (session.state === 'ended') this.#onEnded(session)
    this.#announce('session', session.id, session.state)
    if (session.isWedged)
      this.#log(`Worker ${session.id} cannot be ended: it keeps its slot until its native call returns`)
  }

  #onEnded(session: Session): void {
    this.#guard.unwatch(session)
    this.#children.killAll(session.id)
    this.#admission.release(session)
    this.#sessions.delete(session.id)
    this.#startNext()
    if (this.#sessions.size === 0) this.#announce('drain')
  }

  #onChild(session: Session, pid: number, alive: boolean): void {
    if (!alive) return this.#children.remove(session.id, pid)
    this.#children.add(session.id, pid)
    if (session.settlement !== undefined) this.#children.killAll(session.id)
  }

  async #close(graceMs: number, reason: string): Promise<void> {
    this.#cancelAll(reason, true)
    const cancelGrace = systemClock.setTimer(graceMs, () => this.#cancelAll(reason, false))
    await this.#allEndedOrWedged()
    cancelGrace()
    await this.#children.swept()
    await Promise.all(this.#journalWrites)
  }

  #cancelAll(reason: string, graceful: boolean): void {
    for (const session of [...this.#sessions.values()]) session.cancel('shutdown', reason, graceful)
  }

  async #allEndedOrWedged(): Promise<void> {
    const isDone = (): boolean => [...this.#sessions.values()].every((session) => session.isWedged)
    if (isDone()) return
    await new Promise<void>((resolve) => {
      const check = (): void => {
        if (!isDone()) return
        this.off('session', check)
        resolve()
      }
      this.on('session', check)
    })
  }

  /** A listener that throws is its own uncaught error; it must not stop a transition half-way. */
  #announce<Name extends keyof SupervisorEvents>(name: Name, ...details: SupervisorEvents[Name]): void {
    const emit = this.emit.bind(this) as (name: string, ...details: unknown[]) => boolean
    callBack(() => void emit(name, ...details), undefined)
  }

  #write(write: () => Promise<void>): void {
    const kept = write()
      .catch((cause: unknown) => {
        this.#announce('warning', 'The end of a session could not be written to the journal', cause)
      })
      .finally(() => this.#journalWrites.delete(kept))
    this.#journalWrites.add(kept)
  }

  #assertOpen(): void {
    if (this.#closing === undefined) return
    throw new SupervisorError('SUPERVISOR_CLOSED', 'The supervisor is closed and takes no more tasks; make a new one.')
  }

  #assertRoom(reservationMb: number): void {
    if (!this.#admission.fits(reservationMb)) throw exceedsBudget(reservationMb, this.#admission.metrics().budgetMb)
    const maxQueue = this.#options.maxQueue ?? defaults.maxQueue
    const waiting = this.#sessions.size - this.#admission.admitted
    if (waiting < maxQueue || this.#sessions.size < this.#maxWorkers) return
    throw new SupervisorError(
      'QUEUE_FULL',
      `The queue is full: ${waiting} tasks wait already. Try again later or raise maxQueue.`,
    )
  }

  #log(message: string): void {
    callBack(this.#options.log, message)
  }
}

const assertPlatform = (): void => {
  if (process.platform !== 'win32') return
  throw new SupervisorError(
    'SUPERVISOR_UNSUPPORTED_PLATFORM',
    'Windows is not supported yet: child processes of a task could not be ended there. Use Linux, macOS or WSL.',
  )
}

const unknownSession = (sessionId: string): SupervisorError =>
  new SupervisorError(
    'SESSION_UNKNOWN',
    `No session ${sessionId}: it never was, or is older than the last 1,000 to end.`,
  )

const exceedsBudget = (reservationMb: number, budgetMb: number): SupervisorError =>
  new SupervisorError(
    'TASK_EXCEEDS_BUDGET',
    `The task asks for ${reservationMb} MB (heap and external limits together), the whole budget is ${budgetMb} MB; it could never start. Lower heapLimitMb or raise memoryBudgetMb.`,
  )
