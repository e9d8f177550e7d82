import type { Clock } from '../clock.ts'
import { decodeError } from '../messages/error-codec.ts'
import type { WorkerMessage } from '../messages/messages.ts'
import type { Isolation } from '../session/outcome.ts'
import { Timers } from '../session/timers.ts'
import { limitVerdict, messageOf, startupVerdict, type Verdict } from '../session/verdict.ts'
import type { MemorySample, Transport, WorkerHandle, WorkerListener } from '../tiers/transport.ts'
import type { CaredWorker } from '../worker-care.ts'
import type { SpareShape } from './spare-shape.ts'

/** Times are milliseconds, memory is MB. */
export interface SpareLimits {
  readonly heapLimitMb: number
  readonly externalLimitMb: number
  readonly startupTimeoutMs: number
}

/** Told of what becomes of a spare; called synchronously, must not throw. */
export interface SpareObserver {
  /** Before its worker starts. */
  starting(spare: Spare): void
  started(spare: Spare): void
  ready(spare: Spare): void
  /** It is no use any more: its module could not be imported, it went by itself, or it had to be ended. */
  failed(spare: Spare, error: Error): void
  /** Its worker is gone; never told of one that was taken. */
  gone(spare: Spare): void
}

/** What a thread or a process takes at least, its code included: 6 to 10 MB and 16 to 24 MB (Node 22, 24, 26). */
const LEAST_MB: Readonly<Record<Isolation, number>> = { 'in-process': 0, thread: 16, process: 48 }

/** What one that still imports its module is counted with: nobody knows yet what it will take. */
export const WARMING_MB = 128

/** Lines that a module prints when it is imported belong to the task that takes the worker; so many are kept. */
const MOST_LINES = 100

/*
 *   warming ──── ready ────▶ ready ──── take() ────▶ taken
 *      │                       │
 *      │ failure, limit,       │ limit, exit, end()
 *      │ startup timeout       │
 *      └───────▶ ending ◀──────┘
 *                  └── exited ──▶ gone
 */
type SpareState = 'warming' | 'ready' | 'taken' | 'ending' | 'gone'

/** A worker that is born, has imported its handler, and waits for its one task. */
export class Spare implements CaredWorker {
  readonly workerId: string
  readonly shape: SpareShape
  readonly limits: SpareLimits
  readonly #observer: SpareObserver
  readonly #timers: Timers<'startup'>
  #state: SpareState = 'warming'
  #handle: WorkerHandle | undefined
  #takenBy: WorkerListener | undefined
  #ready: WorkerMessage | undefined
  #lines: WorkerMessage[] = []
  #heldMb = WARMING_MB

  constructor(workerId: string, shape: SpareShape, limits: SpareLimits, clock: Clock, observer: SpareObserver) {
    this.workerId = workerId
    this.shape = shape
    this.limits = limits
    this.#timers = new Timers(clock)
    this.#observer = observer
  }

  get state(): SpareState {
    return this.#state
  }

  get isolation(): Isolation {
    return this.shape.isolation
  }

  get workerPid(): number | undefined {
    return this.#handle?.pid
  }

  get workerThreadId(): number | null {
    return this.#handle?.threadId ?? null
  }

  /** MB that it counts with against the budget. */
  get heldMb(): number {
    return this.#heldMb
  }

  start(transport: Transport): void {
    const { startupTimeoutMs } = this.limits
    this.#observer.starting(this)
    this.#timers.set('startup', startupTimeoutMs, () => this.exceed(startupVerdict(startupTimeoutMs)))
    try {
      this.#handle = transport.start({ workerId: this.workerId, waits: true, ...this.shape }, this.#listener)
      this.#observer.started(this)
    } catch (error) {
      this.#fail(new Error(`a spare could not be started: ${messageOf(error)}`, { cause: error }))
      this.#go()
    }
  }

  /** Hands the worker over; what it says from now on is the listener's. It has to be ready. */
  take(listener: WorkerListener): WorkerHandle {
    if (this.#state !== 'ready' || this.#handle === undefined) throw new Error(`Spare ${this.workerId} is not ready`)
    this.#state = 'taken'
    this.#takenBy = listener
    this.#handle.hold(true)
    // As from a worker that was just born: after whoever takes it has it.
    queueMicrotask(() => {
      for (const message of [this.#ready, ...this.#lines.splice(0)]) {
        if (message !== undefined) listener.message(message)
      }
    })
    return this.#handle
  }

  /** Ends it, unless it has been taken. */
  end(): void {
    if (this.#state !== 'warming' && this.#state !== 'ready') return
    this.#state = 'ending'
    this.#timers.clearAll()
    this.#handle?.kill()
  }

  sample(): Promise<MemorySample | undefined> | undefined {
    return this.#handle?.sample()
  }

  observe(sample: Partial<MemorySample>): void {
    const heldMb = sample.rssMb ?? sample.heldMb
    if (this.#state === 'ready' && typeof heldMb === 'number') this.#heldMb = this.#atLeast(heldMb)
    const verdict = limitVerdict(sample, this.limits.heapLimitMb, this.limits.externalLimitMb)
    if (verdict !== undefined) this.exceed(verdict)
  }

  exceed(verdict: Verdict): void {
    this.#fail(new Error(`a spare was ended: ${verdict.message}`, { cause: verdict.error }))
    this.end()
  }

  readonly #listener: WorkerListener = {
    message: (message) => (this.#takenBy === undefined ? this.#onMessage(message) : this.#takenBy.message(message)),
    broken: (reason) =>
      this.#takenBy === undefined ? this.exceed({ cause: 'protocol', message: reason }) : this.#takenBy.broken(reason),
    crashed: (error) => (this.#takenBy === undefined ? this.#onCrashed(error) : this.#takenBy.crashed(error)),
    notStarted: (error) => {
      this.#onCrashed(error)
      this.#go()
    },
    exited: (exitCode, signal, lastWords) =>
      this.#takenBy === undefined
        ? this.#onExited(exitCode, signal)
        : this.#takenBy.exited(exitCode, signal, lastWords),
  }

  #onMessage(message: WorkerMessage): void {
    if (this.#state !== 'warming' && this.#state !== 'ready') return
    if (message.type === 'ready' && this.#state === 'warming') this.#onReady(message)
    if (message.type === 'log' && this.#lines.length < MOST_LINES) this.#lines.push(message)
    if (message.type === 'usage') this.observe(message.usage)
    if (message.type === 'failure') {
      this.#fail(decodeError(message.error))
      this.end()
    }
  }

  #onReady(message: WorkerMessage): void {
    this.#timers.clear('startup')
    this.#ready = message
    this.#state = 'ready'
    this.#heldMb = this.#atLeast(0)
    // One that waits must not keep this process from ending.
    this.#handle?.hold(false)
    this.#observer.ready(this)
  }

  #atLeast(heldMb: number): number {
    return Math.max(LEAST_MB[this.isolation], Math.ceil(heldMb))
  }

  #onCrashed(error: unknown): void {
    this.#fail(error instanceof Error ? error : new Error(messageOf(error)))
  }

  #onExited(exitCode: number | null, signal: string | null): void {
    this.#fail(new Error(`a spare went by itself (${signal ?? `exit code ${exitCode}`})`))
    this.#go()
  }

  /** Told once, and not of one that had to go anyway. */
  #fail(error: Error): void {
    if (this.#state !== 'warming' && this.#state !== 'ready') return
    this.#timers.clearAll()
    this.#observer.failed(this, error)
    if (this.#state === 'warming' || this.#state === 'ready') this.end()
  }

  #go(): void {
    this.#timers.clearAll()
    if (this.#state === 'gone') return
    this.#state = 'gone'
    this.#observer.gone(this)
  }
}
