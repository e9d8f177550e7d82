import { EventEmitter } from 'node:events'
import { systemClock } from './clock.ts'
import { contextOfHere, inCallersContext } from './diagnostics/async-context.ts'
import { SupervisorObserver } from './diagnostics/observer.ts'
import type { SessionTimes, StartCounts } from './diagnostics/session-times.ts'
import type { Resize } from './elastic/size-controller.ts'
import { workerRange } from './elastic/worker-range.ts'
import { type SizeMetrics, WorkerSlots } from './elastic/worker-slots.ts'
import { createSessionId, EndedSessions, OutcomeCounts, type SessionResult } from './ended-sessions.ts'
import { SupervisorError } from './errors.ts'
import type { HandlerReference } from './handler.ts'
import { Admission, type AdmissionMetrics } from './memory/admission.ts'
import { availableMb, freeMemoryShare, isMachineShort } from './memory/machine-memory.ts'
import { defaultMemoryBudgetMb } from './memory/memory-budget.ts'
import {
  checkSupervisorOptions,
  checkTaskOptions,
  defaults,
  type SpareOptions,
  type SupervisorOptions,
  type Task,
  type TaskOptions,
} from './options.ts'
import { checkCpuProfile, checkHeapSnapshot } from './profile/profile-options.ts'
import {
  type CpuProfileOptions,
  type HeapSnapshotOptions,
  noWorker,
  Profiler,
  type WrittenProfile,
} from './profile/profiler.ts'
import { Entrance } from './queue/entrance.ts'
import { TaskQueue } from './queue/task-queue.ts'
import type { SessionLog } from './session/log-ring.ts'
import type { Outcome } from './session/outcome.ts'
import type { Session } from './session/session.ts'
import type { SessionTask, Settlement } from './session/session-task.ts'
import { type PoolListener, SessionPool } from './session-pool.ts'
import { MOST_SPARES, type SpareMetrics, SparePool } from './spares/spare-pool.ts'
import {
  callBack,
  createSessionTask,
  type Submission,
  type TaskDefaults,
  type TaskStream,
  Ticket,
} from './submission.ts'
import { taskDefaults } from './task-defaults.ts'
import { Tiers } from './tiers/tiers.ts'
import type { Transport } from './tiers/transport.ts'
import { WorkerEnvironments } from './tiers/worker-environment.ts'
import { SystemCare } from './worker-care.ts'

export interface SupervisorMetrics {
  /** Workers that exist now, starting and stopping ones included. */
  readonly activeWorkers: number
  readonly maxWorkers: number
  readonly size: SizeMetrics
  /** Workers that could not be ended: they hold their slot and their memory. */
  readonly wedgedWorkers: number
  readonly queuedTasks: number
  /** How many may wait; one more is refused. */
  readonly maxQueue: number
  /** A task that comes now would have to wait: `maxWorkers` tasks are accepted, or one waits for a slot or for memory. */
  readonly needsDrain: boolean
  readonly memory: AdmissionMetrics
  readonly spares: SpareMetrics
  /** Handlers (`module#export`) that `isolation: 'auto'` runs in a process, for one of their tasks has died in a thread. */
  readonly escalatedHandlers: readonly string[]
  readonly outcomesByCause: Readonly<Record<string, number>>
  readonly outcomesByStatus: Readonly<Record<string, number>>
  /** How workers came to their tasks, by tier. */
  readonly starts: { readonly thread: StartCounts; readonly process: StartCounts }
  /** How long sessions waited, started, ran and stopped: milliseconds, percentiles included. */
  readonly times: SessionTimes
}

export interface CloseOptions {
  /** How long running tasks may go on after their abort signal; a task's own `graceMs` may be shorter. @default 5000 */
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
  /** A task that comes now would have to wait. */
  needsDrain: []
  /** After `needsDrain`: a task that comes now would start at once. */
  drain: []
  /** Nothing runs and nothing waits. */
  idle: []
  /** Another number of workers may run at one time from now on; what runs goes on. */
  resize: [resize: Resize]
  warning: [message: string, cause: unknown]
}

/**
 * Owns the queue, the workers, their limits and their ends. Each task gets a fresh worker, a thread or a process, that ends
 * with it.
 *
 * @example
 * await using supervisor = new AgentSupervisor({ maxWorkers: 2 })
 * const sum = await supervisor.run({ handler: { module: import.meta.resolve('./add.js') }, input: [1, 2] })
 */
export class AgentSupervisor extends EventEmitter<SupervisorEvents> {
  readonly #options: SupervisorOptions
  readonly #defaults: TaskDefaults
  /** Of a task that says nothing. */
  readonly #plainOptions: Required<Pick<TaskOptions, 'isolation'>>
  readonly #environments: WorkerEnvironments
  readonly #slots: WorkerSlots
  readonly #admission: Admission
  readonly #entrance: Entrance
  readonly #care: SystemCare
  readonly #tiers: Tiers
  readonly #pool: SessionPool
  readonly #profiler: Profiler
  readonly #observer: SupervisorObserver
  /** Timers, workers and events are the supervisor's, not those of whoever submitted the task that brought them about. */
  readonly #inOwnContext: ReturnType<typeof contextOfHere> = contextOfHere()
  readonly #spares: SparePool
  readonly #ended: EndedSessions = new EndedSessions()
  readonly #counts: OutcomeCounts = new OutcomeCounts()
  #closing: Promise<void> | undefined

  /** @throws SupervisorError `OPTIONS_INVALID`, `SUPERVISOR_UNSUPPORTED_PLATFORM` */
  constructor(options: SupervisorOptions = {}) {
    super()
    assertPlatform()
    this.#options = checkSupervisorOptions(options)
    this.#plainOptions = { isolation: options.isolation ?? defaults.isolation }
    const budgetMb = options.memoryBudgetMb ?? defaultMemoryBudgetMb()
    const range = workerRange(options, budgetMb)
    const { maxWorkers } = range
    this.#defaults = taskDefaults(options, maxWorkers, budgetMb, (message) => this.#log(message))
    this.#environments = new WorkerEnvironments(options.environmentAllowList)
    this.#slots = new WorkerSlots({
      range,
      freeMemoryShare,
      load: () => ({ running: this.#admission.admitted, waiting: this.#admission.queued }),
      resized: (resize, text) => this.#onResized(resize, text),
    })
    this.#admission = new Admission({
      slots: this.#slots,
      budgetMb,
      queue: new TaskQueue(options.priorityAgingMs ?? defaults.priorityAgingMs),
      heldBesidesMb: () => this.#spares.heldMb,
    })
    const { maxQueue = defaults.maxQueue } = options
    this.#entrance = new Entrance({ admission: this.#admission, maxQueue, maxWorkers })
    this.#care = new SystemCare((message) => this.#log(message))
    this.#observer = new SupervisorObserver(systemClock, () => this.#admission.queued)
    this.#tiers = new Tiers({
      supervisorMark: this.#care.mark,
      maxThreads: maxWorkers + 2 * MOST_SPARES,
      log: (message) => this.#log(message),
      killThreadChildren: (workerId, pids) => this.#care.children.killTrees(workerId, pids),
    })
    this.#pool = new SessionPool({
      clock: systemClock,
      admission: this.#admission,
      maxWorkers,
      journal: options.journal,
      care: this.#care,
      transportFor: (moment, task) => this.#transportFor(moment, task),
      listener: this.#listener,
    })
    this.#spares = this.#createSpares()
    this.#profiler = new Profiler({
      availableMb,
      excuse: (sessionId) => {
        const session = this.#pool.get(sessionId)
        return session === undefined ? () => {} : this.#care.excuse(session)
      },
    })
  }

  /** What its messages on `node:diagnostics_channel` carry; no other supervisor of this process has it. */
  get id(): string {
    return this.#observer.id
  }

  /** Starts nothing: workers start when a task needs one. Here for callers that wait for it; may be called often. */
  async initialize(): Promise<this> {
    this.#assertOpen()
    return this
  }

  /** Accepts a task and answers at once; refusals come as rejections of `result` and `outcome`. */
  submit<Value = unknown>(task: Task, options: TaskOptions = {}): Submission<Value> {
    return this.#submit(task, new Ticket(inCallersContext(options)))
  }

  /**
   * Accepts a task whose chunks are read as they come: what its handler yields, or hands to `context.write`. As long as they are not read,
   * the task waits, and that is not its silence (`heartbeatTimeoutMs`); its other limits go on.
   *
   * @example
   * for await (const chunk of supervisor.stream(task)) process.stdout.write(chunk)
   */
  stream<Chunk = unknown, Value = unknown>(task: Task, options: TaskOptions = {}): TaskStream<Chunk, Value> {
    const ticket = new Ticket(inCallersContext(options), true)
    return ticket.stream(this.#submit<Value>(task, ticket))
  }

  #submit<Value>(task: Task, ticket: Ticket): Submission<Value> {
    const { options } = ticket
    const sessionId = options.sessionId ?? createSessionId('worker-session')
    try {
      this.#assertOpen()
      this.#assertNew(sessionId)
      const isStreamed = ticket.chunks !== undefined
      const sessionTask = this.#createTask(task, this.#checkTaskOptions(options), sessionId, isStreamed)
      this.#entrance.assertRoom(sessionTask, this.#pool.size)
      this.#tiers.explainPermissions(sessionTask)
      const session = this.#inOwnContext(() => {
        this.#keepSpares(sessionTask, options.spares)
        return this.#pool.accept(sessionTask, ticket)
      })
      return ticket.submission(sessionId, (reason) => session.cancel('user', reason))
    } catch (error) {
      ticket.refuse(error as SupervisorError)
      this.#observer.refused(sessionId, error as SupervisorError)
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
   * Keeps workers ready for tasks of this handler with these options, and resolves when they are: their module is imported, and
   * such a task begins within a fraction of a millisecond. A worker that was taken is replaced. `spares: 0` ends them.
   * @throws SupervisorError `SPARE_FAILED`, `OPTIONS_INVALID`, `HANDLER_INVALID`, `SUPERVISOR_CLOSED`
   */
  async prepare(handler: HandlerReference, { spares = 1, ...options }: SpareOptions = {}): Promise<void> {
    this.#assertOpen()
    const sessionTask = this.#createTask({ handler }, this.#checkTaskOptions({ ...options, spares }), 'spare')
    await this.#spares.prepare(sessionTask, this.#tiers.isolationFor(sessionTask), spares)
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
    const ticket = this.#pool.ticketOf(sessionId)
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

  /**
   * Whether a task that comes now would have to wait. Who has many tasks waits for `drain` while it is true, and none of them
   * takes memory before its turn.
   */
  get needsDrain(): boolean {
    return this.#pool.needsDrain
  }

  /** The last lines of a session's log, while it runs and as long as its result is known; undefined for any other. */
  getLog(sessionId: string): SessionLog | undefined {
    const session = this.#pool.get(sessionId) ?? this.#ended.find(sessionId)
    return session === undefined ? undefined : (session.log?.read() ?? { lines: [], dropped: 0 })
  }

  getMetrics(): SupervisorMetrics {
    const size = this.#slots.metrics()
    return {
      activeWorkers: this.#admission.admitted,
      maxWorkers: size.maxWorkers,
      size,
      wedgedWorkers: this.#pool.wedged,
      queuedTasks: this.#admission.queued,
      maxQueue: this.#entrance.maxQueue,
      needsDrain: this.needsDrain,
      memory: this.#admission.metrics(),
      spares: this.#spares.metrics(),
      escalatedHandlers: this.#tiers.escalatedHandlers,
      outcomesByCause: { ...this.#counts.byCause },
      outcomesByStatus: { ...this.#counts.byStatus },
      starts: this.#observer.statistics.starts,
      times: this.#observer.statistics.times(),
    }
  }

  /**
   * Writes what a running worker does, sampled, as a `.cpuprofile`; its task goes on. A worker that spins is heard, one held by a native call
   * is not.
   * @throws ProfileError `PROFILE_UNSUPPORTED`, `PROFILE_NO_WORKER`, `PROFILE_NO_ANSWER`, `PROFILE_BUSY`, `PROFILE_FAILED`,
   * `PROFILE_CANCELLED`, `PROFILE_FILE_EXISTS`, `PROFILE_FILE_UNWRITABLE`; SupervisorError `SESSION_UNKNOWN`, `OPTIONS_INVALID`
   */
  async captureCpuProfile(sessionId: string, file: string, options: CpuProfileOptions = {}): Promise<WrittenProfile> {
    checkCpuProfile(file, options)
    return await this.#profiler.captureCpuProfile(this.#workingSession(sessionId), file, options)
  }

  /**
   * Writes the heap of a running worker as a `.heapsnapshot`; its task stands still meanwhile, and a kill takes effect when it is written.
   * @throws ProfileError as `captureCpuProfile`, and `PROFILE_NO_MEMORY`; SupervisorError `SESSION_UNKNOWN`, `OPTIONS_INVALID`
   */
  async takeHeapSnapshot(sessionId: string, file: string, options: HeapSnapshotOptions = {}): Promise<WrittenProfile> {
    checkHeapSnapshot(file, options)
    return await this.#profiler.takeHeapSnapshot(this.#workingSession(sessionId), file, options)
  }

  /**
   * Cancels a session and resolves to its outcome.
   * @throws SupervisorError `SESSION_UNKNOWN`
   */
  async terminateWorker(sessionId: string, reason = 'terminated by its caller'): Promise<Outcome> {
    this.#pool.get(sessionId)?.cancel('user', reason, false)
    return await this.waitForCompletion(sessionId)
  }

  /**
   * Takes no more tasks, cancels those that wait, lets running ones finish their grace, and resolves when every worker
   * and child process is gone (a wedged worker excepted). Concurrent calls share one promise; `force` may come later.
   */
  close(options: CloseOptions = {}): Promise<void> {
    const { graceMs = defaults.graceMs, force = false, reason = 'the supervisor is closing' } = options
    if (force) this.#pool.cancelAll(reason, false)
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

  /** For an exit hook, which may do synchronous work only: threads die with the process, other processes do not. */
  killChildrenSync(): void {
    for (const workerId of this.#care.children.workerIds) this.#care.children.killAll(workerId)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(graceMs: number, reason: string): Promise<void> {
    this.#pool.cancelAll(reason, true)
    const cancelGrace = systemClock.setTimer(graceMs, () => this.#pool.cancelAll(reason, false))
    await Promise.all([this.#pool.settled(), this.#spares.close()])
    cancelGrace()
    this.#slots.close()
    await this.#care.close()
  }

  readonly #listener: PoolListener = {
    changed: (session) => {
      this.#observer.changed(session)
      this.#announce('session', session.id, session.state)
      if (session.state === 'ended') this.#spares.refill()
      if (session.isWedged) this.#log(`Worker ${session.id} cannot be ended: it keeps its slot until it is gone`)
    },
    settled: (session, settlement) => this.#onSettled(session, settlement),
    waitsForMemory: (megabytes) => this.#spares.giveUp('a task waits for memory', megabytes),
    accepted: (session) => this.#observer.submitted(session),
    enqueued: (session) => this.#observer.enqueued(session),
    refused: (session, error) => this.#observer.refused(session.id, error),
    needsDrain: (isNeeded) => {
      this.#observer.needsDrain(isNeeded)
      this.#announce(isNeeded ? 'needsDrain' : 'drain')
    },
    idle: () => {
      this.#observer.idle()
      this.#announce('idle')
    },
    journalFailed: (cause) =>
      this.#announce('warning', 'The end of a session could not be written to the journal', cause),
    log: (message) => this.#log(message),
  }

  #onSettled(session: Session, settlement: Settlement): void {
    const { outcome } = settlement
    this.#ended.add(settlement, session)
    this.#observer.settled(session, settlement)
    this.#counts.add(outcome)
    if (this.#tiers.learn(session.task.handler, outcome)) {
      this.#log(
        `A task of ${session.task.handler.url} ended with ${outcome.cause}: 'auto' runs the next ones in a process`,
      )
    }
    this.#announce('settled', outcome)
  }

  #onResized(resize: Resize, text: string): void {
    this.#log(text)
    this.#observer.resized(resize)
    this.#announce('resize', resize)
    this.#pool.startNext()
  }

  #workingSession(sessionId: string): Session {
    const session = this.#pool.get(sessionId)
    if (session !== undefined) return session
    throw this.#ended.get(sessionId) === undefined ? unknownSession(sessionId) : noWorker(sessionId)
  }

  #checkTaskOptions(options: TaskOptions): TaskOptions {
    if (isEmpty(options)) return this.#plainOptions
    return checkTaskOptions({ ...options, isolation: options.isolation ?? this.#plainOptions.isolation })
  }

  #transportFor(moment: 'queued' | 'starting', task: SessionTask): Transport {
    const isolation = this.#tiers.isolationFor(task)
    const spare = moment === 'starting' ? this.#spares.take(task, isolation) : undefined
    return spare ?? this.#tiers.transportOf(isolation)
  }

  #keepSpares(task: SessionTask, spares = this.#options.spares): void {
    if (spares !== undefined) this.#spares.keep(task, this.#tiers.isolationFor(task), spares)
  }

  #createSpares(): SparePool {
    return new SparePool({
      clock: systemClock,
      care: this.#care,
      transportOf: (isolation) => this.#tiers.transportOf(isolation),
      createId: () => createSessionId('spare'),
      hasRoomFor: (megabytes) => this.#admission.hasRoomFor(megabytes),
      isMachineShort,
      observer: this.#observer,
      onGone: () => this.#pool.startNext(),
      log: (message) => this.#log(message),
    })
  }

  #createTask(task: Task, options: TaskOptions, sessionId: string, isStreamed = false): SessionTask {
    const environment = this.#environments.with(options.environment)
    return createSessionTask(task, options, sessionId, environment, this.#defaults, isStreamed)
  }

  /** A listener that throws is its own uncaught error; it must not stop a transition half-way. */
  #announce<Name extends keyof SupervisorEvents>(name: Name, ...details: SupervisorEvents[Name]): void {
    const emit = this.emit.bind(this) as (name: string, ...details: unknown[]) => boolean
    callBack(() => void emit(name, ...details), undefined)
  }

  #assertOpen(): void {
    if (this.#closing === undefined) return
    throw new SupervisorError('SUPERVISOR_CLOSED', 'The supervisor is closed and takes no more tasks; make a new one.')
  }

  #assertNew(sessionId: string): void {
    if (this.#pool.get(sessionId) === undefined) return
    throw new SupervisorError('OPTIONS_INVALID', `Invalid task options. sessionId: ${sessionId} runs already.`)
  }

  #log(message: string): void {
    callBack(this.#options.log, message)
  }
}

const isEmpty = (options: object): boolean => {
  for (const _name in options) return false
  return true
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
