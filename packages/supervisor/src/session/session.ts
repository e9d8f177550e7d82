import type { Clock } from '../clock.ts'
import { TaskError } from '../errors.ts'
import { decodeError, encodeError } from '../messages/error-codec.ts'
import type { ArtifactReference, LogLine, WorkerMessage } from '../messages/messages.ts'
import type { InspectorListener, InspectorWire } from '../profile/inspector-wire.ts'
import { ResultFile } from '../result-file.ts'
import type { MemorySample, Transport, WorkerHandle } from '../tiers/transport.ts'
import { isInFolder } from './artifact-claim.ts'
import { LogRing } from './log-ring.ts'
import { type Fuse, type Isolation, type Outcome, outcomeStatus } from './outcome.ts'
import { SessionFigures } from './session-figures.ts'
import type { SessionObserver, TransportChoice } from './session-observer.ts'
import { assignmentOf, type SessionLimits, type SessionTask, type Settlement } from './session-task.ts'
import { Timers } from './timers.ts'
import {
  crashVerdict,
  deadlineVerdict,
  exitVerdict,
  heartbeatVerdict,
  limitVerdict,
  messageOf,
  queueVerdict,
  startupVerdict,
  timeoutVerdict,
  type Verdict,
} from './verdict.ts'

/*
 * One attempt of one task, from acceptance to the end of its worker.
 *
 *             start()            ready             result, failure, limit, timeout, cancel()
 *   queued ───────────▶ starting ──────▶ running ─────────────┐
 *     │                    │                                   ▼
 *     │ cancel(),          │ cancel(), startup timeout      stopping ──── exited ────▶ ended
 *     │ queue timeout      └──────────────────────────────────▲
 *     └───────────────────────────────────────────────────────────────────────────────▶ ended
 *
 * While stopping, the rungs of the kill ladder follow one another: abort (wait graceMs) → terminate (wait exitTimeoutMs)
 * → kill (wait exitTimeoutMs) → wedged. Who has nothing left to say, or is out of bounds, is killed without a warning. A worker
 * that exits by itself goes to `ended` from any state.
 *
 * The outcome is settled exactly once: as soon as a result has arrived, otherwise when the worker has ended or is known
 * to be wedged. What was decided first stands: a result beats a later kill, a kill beats a later result. One exception: a
 * result that arrives in the grace of a shutdown completes its task.
 */
export type SessionState =
  | { readonly name: 'queued'; readonly since: number }
  | { readonly name: 'starting'; readonly since: number; readonly worker: WorkerHandle | undefined }
  | { readonly name: 'running'; readonly since: number; readonly worker: WorkerHandle }
  | { readonly name: 'stopping'; readonly since: number; readonly worker: WorkerHandle; readonly rung: Rung }
  | { readonly name: 'ended'; readonly since: number }

type Rung = 'abort' | 'terminate' | 'kill' | 'wedged'

/** Below it one allocation between two readings reaches the hard limit. */
const SMALLEST_SLACK_MB = 256

export class Session {
  readonly task: SessionTask
  readonly #figures: SessionFigures
  readonly #clock: Clock
  readonly #chooseTransport: TransportChoice
  readonly #observer: SessionObserver<Session>
  readonly #timers: Timers<'queue' | 'deadline' | 'startup' | 'timeout' | 'heartbeat' | 'rung'>

  #transport: Transport
  #state: SessionState
  #verdict: Verdict | undefined
  #settlement: Settlement | undefined
  #crash: unknown
  #crashed = false
  #forced = false
  #resultBytes = 0
  /** Made with the first line: most of those who wait have none. */
  #log: LogRing | undefined
  /** Chunks that wait for their reader; as long as there is one, the task's silence may be its reader's. */
  #untaken = 0
  #fuse: Fuse
  #heapLimitMb: number

  constructor(task: SessionTask, chooseTransport: TransportChoice, clock: Clock, observer: SessionObserver<Session>) {
    this.task = task
    this.#chooseTransport = chooseTransport
    this.#transport = chooseTransport('queued', task)
    this.#clock = clock
    this.#timers = new Timers(clock)
    this.#observer = observer
    this.#heapLimitMb = task.limits.heapLimitMb
    this.#fuse = 'none'
    this.#figures = new SessionFigures(clock.now())
    this.#state = { name: 'queued', since: this.createdAt }
    const { deadlineMs, queueTimeoutMs } = task.limits
    this.#timers.set('deadline', deadlineMs, () => this.#stop(deadlineVerdict(deadlineMs), 'abort'))
    this.#timers.set('queue', queueTimeoutMs, () => this.#stop(queueVerdict(queueTimeoutMs), 'terminate'))
  }

  /** Milliseconds since the epoch. */
  get createdAt(): number {
    return this.#figures.createdAt
  }

  get id(): string {
    return this.task.sessionId
  }

  get isolation(): Isolation {
    return this.#transport.isolation
  }

  /** What the processes of its worker are marked with. */
  get workerId(): string {
    return this.#transport.workerId ?? this.id
  }

  /** Of a worker that is a process of its own. */
  get workerPid(): number | undefined {
    return this.#workerOf()?.pid
  }

  /** Of a worker that is a thread. */
  get workerThreadId(): number | null {
    return this.#workerOf()?.threadId ?? null
  }

  /** Whether a worker was started for it, or a spare taken. */
  get hadWorker(): boolean {
    return this.#figures.startingAt !== undefined
  }

  get limits(): SessionLimits {
    return this.task.limits
  }

  get state(): SessionState['name'] {
    return this.#state.name
  }

  get settlement(): Settlement | undefined {
    return this.#settlement
  }

  /** The last lines of its log; none is added when its outcome is known. */
  get log(): LogRing | undefined {
    return this.#log
  }

  /** About how much its value takes, as its worker says. */
  get resultBytes(): number {
    return this.#resultBytes
  }

  get isWedged(): boolean {
    return this.#state.name === 'stopping' && this.#state.rung === 'wedged'
  }

  /** queued → starting. */
  start(): void {
    this.#assertState('queued')
    this.#timers.clear('queue')
    this.#transport = this.#chooseTransport('starting', this.task)
    this.#figures.startingAt = this.#clock.now()
    this.#enter({ name: 'starting', since: this.#figures.startingAt, worker: undefined })
    // Whoever was just told may have cancelled it.
    if (this.state !== 'starting') return
    const { startupTimeoutMs } = this.task.limits
    // A spare is ready.
    if (this.#transport.workerId === undefined) {
      this.#timers.set('startup', startupTimeoutMs, () => this.#stop(startupVerdict(startupTimeoutMs), 'terminate'))
    }
    try {
      const worker = this.#transport.start(this.#workerStart(), {
        message: (message) => this.#onMessage(message),
        broken: (reason) => this.#stop({ cause: 'protocol', message: reason }, 'kill'),
        crashed: (error) => this.#onCrashed(error),
        notStarted: (error) => this.#onNotStarted(error),
        exited: (exitCode, signal, lastWords = '') => this.#onExited(exitCode, signal, lastWords),
      })
      this.#state = { name: 'starting', since: this.#figures.startingAt, worker }
      this.#fuse = worker.fuse
      this.#assign(worker)
    } catch (error) {
      this.#onNotStarted(error)
    }
  }

  /** Before it is ready: a worker that finds its assignment waiting saves one way there and back (0.5 ms). */
  #assign(worker: WorkerHandle): void {
    try {
      worker.run(assignmentOf(this.task), this.task.transferList)
    } catch (error) {
      const message = `its input or checkpoint cannot be sent to a worker: ${messageOf(error)}`
      this.#stop({ cause: 'protocol', message, error }, 'kill')
    }
  }

  /** Ends the session from any state; the first reason given stands. `graceful` lets the task hear of it first. */
  cancel(cause: 'user' | 'shutdown', reason: string, graceful = true): void {
    this.#stop({ cause, message: reason }, graceful ? 'abort' : 'kill')
    // It may be stopping already, for another reason and more gently.
    if (!graceful) this.#kill()
  }

  /** A memory reading from outside; at a limit the worker is ended at once, for memory does not wait for a grace. */
  observe(sample: Partial<MemorySample>): void {
    this.#figures.record(sample)
    if (!this.#transport.enforced) return
    this.#stayClearOf(sample.heapSizeLimitMb)
    const verdict = limitVerdict(sample, this.#heapLimitMb, this.task.limits.externalLimitMb)
    if (verdict !== undefined) this.exceed(verdict)
  }

  /** Out of bounds: killed without a warning. One that grows on in its grace loses it; what was decided stands. */
  exceed(verdict: Verdict): void {
    this.#stop(verdict, 'kill')
    this.#kill()
  }

  /** The reader of its stream has taken so many chunks in all: as many more may come. */
  grant(chunks: number): void {
    this.#workerOf()?.taken(chunks)
  }

  /** So many chunks wait for their reader. */
  setUntaken(chunks: number): void {
    const hasBeenWaiting = this.#untaken > 0
    this.#untaken = chunks
    if (hasBeenWaiting !== chunks > 0) this.#beat()
  }

  /** Reads the worker's memory, once; undefined when there is no worker to read. */
  sample(): Promise<MemorySample | undefined> | undefined {
    const { name } = this.#state
    return name === 'starting' || name === 'running' || name === 'stopping' ? this.#state.worker?.sample() : undefined
  }

  /** Reaches the inspector of its worker; undefined when there is none to reach. */
  inspect(listener: InspectorListener): Promise<InspectorWire> | undefined {
    return this.#workerOf()?.inspect?.(listener)
  }

  /** Near its hard limit a thread aborts the whole process, so the soft limit never comes close to it. */
  #stayClearOf(heapSizeLimitMb: number | null | undefined): void {
    if (typeof heapSizeLimitMb !== 'number' || heapSizeLimitMb >= this.#heapLimitMb + SMALLEST_SLACK_MB) return
    this.#fuse = 'overridden'
    this.#heapLimitMb = Math.min(this.#heapLimitMb, heapSizeLimitMb / 2)
  }

  #workerStart(): Parameters<Transport['start']>[0] {
    const { handler, environment, permissions, artifactFolder } = this.task
    const heapLimitMb = this.#heapLimitMb
    return { workerId: this.workerId, waits: false, handler, environment, permissions, artifactFolder, heapLimitMb }
  }

  #onMessage(message: WorkerMessage): void {
    switch (message.type) {
      case 'ready':
        return this.#onReady()
      case 'usage':
        return this.observe(message.usage)
      case 'progress':
        this.#beat()
        return this.#observer.progress(this, message.value)
      case 'heartbeat':
        return this.#beat()
      case 'log':
        return this.#onLog(message.line)
      case 'checkpoint':
        this.#beat()
        return this.#observer.checkpoint(this, message.value)
      case 'chunk':
        return this.#onChunk(message.value)
      case 'artifact':
        return this.#onArtifact(message.artifact)
      case 'child':
        return this.#observer.child(this, message.pid, true)
      case 'childExit':
        return this.#observer.child(this, message.pid, false)
      case 'result':
        return this.#onResult(message)
      case 'failure':
        return this.#onFailure(message)
    }
  }

  #onReady(): void {
    if (this.#state.name !== 'starting' || this.#state.worker === undefined) return
    this.#timers.clear('startup')
    this.#figures.readyAt = this.#clock.now()
    const { worker } = this.#state
    this.#enter({ name: 'running', since: this.#figures.readyAt, worker })
    // Whoever was just told may have cancelled it.
    if (this.state !== 'running') return
    const { timeoutMs } = this.task.limits
    this.#timers.set('timeout', timeoutMs, () => this.#stop(timeoutVerdict(timeoutMs), 'abort'))
    this.#beat()
  }

  #onResult(message: Extract<WorkerMessage, { type: 'result' }>): void {
    const { value, file, usage, droppedLogLines } = message
    this.#figures.record(usage)
    this.#reportDropped(droppedLogLines)
    if (file !== undefined && !isInFolder(file.artifact, this.task.artifactFolder)) return this.#onStray(file.artifact)
    if (this.#state.name === 'stopping' && !this.#mayStillComplete()) return this.#onSettledInGrace()
    if (this.#state.name !== 'running' && this.#state.name !== 'stopping') return
    this.#verdict = { cause: 'result', message: 'completed' }
    this.#figures.finishedAt = this.#clock.now()
    this.#resultBytes = message.bytes
    const kept = file === undefined ? value : new ResultFile(file.artifact, file.format)
    this.#settle({ ok: true, value: kept, outcome: this.#outcome(null, null) })
    this.#kill()
  }

  #onFailure(message: Extract<WorkerMessage, { type: 'failure' }>): void {
    this.#figures.record(message.usage)
    this.#reportDropped(message.droppedLogLines)
    if (this.#state.name === 'stopping') return this.#onSettledInGrace()
    if (this.#state.name !== 'running' && this.#state.name !== 'starting') return
    const error = decodeError(message.error)
    const cause = message.at === 'import' ? 'startup' : 'error'
    this.#figures.finishedAt = this.#clock.now()
    this.#verdict = { cause, message: `${error.name}: ${error.message}`, error }
    this.#settleFailure(null, null)
    this.#kill()
  }

  #onArtifact(artifact: ArtifactReference): void {
    if (isInFolder(artifact, this.task.artifactFolder)) return this.#observer.artifact(this, artifact)
    this.#onStray(artifact)
  }

  #onStray(artifact: ArtifactReference): void {
    this.#stop({ cause: 'protocol', message: `it named an artifact outside its folder (${artifact.path})` }, 'kill')
  }

  #onChunk(value: unknown): void {
    this.#beat()
    if (this.#observer.chunk(this, value)) return
    this.#stop({ cause: 'protocol', message: 'it sent a chunk that its reader had not made room for' }, 'kill')
  }

  #onLog(line: LogLine): void {
    this.#log ??= new LogRing()
    if (this.#settlement === undefined) this.#log.add(line)
    this.#observer.log(this, line)
  }

  /** A process that ends lets its tasks finish their grace: work that is done then is done. */
  #mayStillComplete(): boolean {
    const isInGrace = this.#state.name === 'stopping' && this.#state.rung === 'abort'
    return isInGrace && this.#verdict?.cause === 'shutdown' && this.#settlement === undefined
  }

  #reportDropped(count: number): void {
    if (count === 0) return
    const text = `${count} log lines were left out: they came faster than they could be taken`
    this.#onLog({ at: this.#clock.now(), source: 'log', text })
    this.#log?.leftOut(count)
  }

  /** The task ended by itself after it was told to: nobody had to force it. */
  #onSettledInGrace(): void {
    if (this.#state.name !== 'stopping' || this.#state.rung !== 'abort') return
    this.#figures.finishedAt = this.#clock.now()
    this.#settleFailure(null, null)
    this.#kill()
  }

  #onCrashed(error: unknown): void {
    // The worker may have thrown anything, also what no text can be made of.
    this.#crash = decodeError(encodeError(error))
    this.#crashed = true
  }

  #onNotStarted(error: unknown): void {
    if (this.#state.name === 'ended') return
    this.#verdict ??= { cause: 'spawn', message: `the worker could not be started: ${messageOf(error)}`, error }
    this.#end(null, null)
  }

  #onExited(exitCode: number | null, signal: string | null, lastWords: string): void {
    if (this.#state.name === 'ended') return
    this.#verdict ??= this.#verdictOfExit(exitCode, signal, lastWords)
    this.#end(exitCode, signal)
  }

  #verdictOfExit(exitCode: number | null, signal: string | null, lastWords: string): Verdict {
    const endedAs = this.#state.name === 'starting' ? 'startup' : undefined
    if (this.#crashed) return crashVerdict(endedAs ?? 'error', this.#crash)
    return exitVerdict(endedAs ?? 'exit', exitCode, signal, lastWords)
  }

  /** `from`: the rung to begin with; only a task that runs can be told to abort. */
  #stop(verdict: Verdict, from: 'abort' | 'terminate' | 'kill'): void {
    if (this.#verdict !== undefined || this.#state.name === 'stopping' || this.#state.name === 'ended') return
    this.#verdict = verdict
    const worker = this.#workerOf()
    if (worker === undefined) return this.#end(null, null)
    if (from === 'kill') return this.#kill()
    if (from === 'terminate' || this.#state.name !== 'running') return this.#terminate()
    const isClimbing = this.#climb(worker, 'abort', this.task.limits.graceMs, () => this.#terminate())
    if (isClimbing) worker.abort(verdict.message)
  }

  #terminate(): void {
    const worker = this.#workerOf()
    if (worker === undefined) return
    this.#force()
    const isClimbing = this.#climb(worker, 'terminate', this.task.limits.exitTimeoutMs, () => this.#kill())
    if (isClimbing) worker.terminate()
  }

  #kill(): void {
    const worker = this.#workerOf()
    if (worker === undefined || this.#isKilled()) return
    this.#force()
    this.#climb(worker, 'kill', this.task.limits.exitTimeoutMs, () => this.#wedge(worker))
    worker.kill()
  }

  #isKilled(): boolean {
    return this.#state.name === 'stopping' && (this.#state.rung === 'kill' || this.#state.rung === 'wedged')
  }

  #force(): void {
    if (this.#settlement === undefined) this.#forced = true
  }

  #wedge(worker: WorkerHandle): void {
    this.#climb(worker, 'wedged', undefined, () => {})
    if (this.#settlement === undefined) this.#settleFailure(null, null)
  }

  /** False when whoever was told of this rung has made it climb on already. */
  #climb(worker: WorkerHandle, rung: Rung, waitMs: number | undefined, next: () => void): boolean {
    this.#timers.clearAll()
    this.#figures.stoppingAt ??= this.#clock.now()
    const state: SessionState = { name: 'stopping', since: this.#clock.now(), worker, rung }
    this.#enter(state)
    if (this.#state !== state) return false
    this.#timers.set('rung', waitMs, next)
    return true
  }

  #workerOf(): WorkerHandle | undefined {
    return this.#state.name === 'queued' || this.#state.name === 'ended' ? undefined : this.#state.worker
  }

  #end(exitCode: number | null, signal: string | null): void {
    this.#timers.clearAll()
    // First of all: whoever hears of the outcome may cancel everything, and there is nothing left here to kill.
    this.#state = { name: 'ended', since: this.#clock.now() }
    if (this.#settlement === undefined) this.#settleFailure(exitCode, signal)
    this.#observer.changed(this)
  }

  #settleFailure(exitCode: number | null, signal: string | null): void {
    const verdict = this.#verdict ?? { cause: 'protocol', message: 'ended without a verdict' }
    const outcome = this.#outcome(exitCode, signal)
    const error = new TaskError(`Task ${this.id} ${outcome.status}: ${verdict.message}`, outcome, verdict.error)
    this.#settle({ ok: false, error, outcome })
  }

  #settle(settlement: Settlement): void {
    this.#settlement = settlement
    this.#observer.settled(this, settlement)
  }

  #outcome(exitCode: number | null, signal: string | null): Outcome {
    const cause = this.#verdict?.cause ?? 'protocol'
    return {
      sessionId: this.id,
      status: outcomeStatus(cause),
      cause,
      phase: this.#forced ? 'forced' : 'cooperative',
      isolation: this.isolation,
      attempt: this.task.attempt,
      enforced: this.#transport.enforced,
      fuse: this.#fuse,
      heapLimitMb: this.#heapLimitMb,
      exitCode,
      signal,
      ...this.#figures.asOf(this.#clock.now()),
      wedged: this.isWedged,
    }
  }

  #beat(): void {
    if (this.#state.name !== 'running') return
    if (this.#untaken > 0) return this.#timers.clear('heartbeat')
    const { heartbeatTimeoutMs } = this.task.limits
    this.#timers.set('heartbeat', heartbeatTimeoutMs, () => this.#stop(heartbeatVerdict(heartbeatTimeoutMs), 'abort'))
  }

  #enter(state: SessionState): void {
    if (this.#state.name === 'ended') throw new Error(`Session ${this.id} has ended and cannot become ${state.name}`)
    this.#state = state
    this.#observer.changed(this)
  }

  #assertState(expected: SessionState['name']): void {
    if (this.#state.name !== expected) {
      throw new Error(`Session ${this.id} is ${this.#state.name}, expected ${expected}`)
    }
  }
}
