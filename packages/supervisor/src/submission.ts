import { onAbort } from './abort-listeners.ts'
import { ChunkReader } from './chunk-reader.ts'
import type { SupervisorError } from './errors.ts'
import { type HandlerReference, resolveHandler } from './handler.ts'
import { defaults, type Task, type TaskOptions } from './options.ts'
import type { Outcome } from './session/outcome.ts'
import type { Session } from './session/session.ts'
import type { Queueing, SessionLimits, SessionTask, Settlement } from './session/session-task.ts'

/** What `submit` gives back at once. */
export interface Submission<Value = unknown> {
  readonly sessionId: string
  /** The task's value; rejects with a `TaskError` that carries the outcome. */
  readonly result: Promise<Value>
  /** How the session ended, also when the task failed; rejects only when the task was refused. */
  readonly outcome: Promise<Outcome>
  /** Cancels it, waiting or running; without effect after its end. */
  cancel(reason?: string): void
}

/**
 * A task whose chunks are read as they come: `for await (const chunk of stream)`. As long as they are not read, the task waits. The loop
 * ends with the task, and throws what `result` rejects with; leaving it cancels the task. There is one reader: a second loop goes on where
 * the first one stands.
 */
export interface TaskStream<Chunk = unknown, Value = unknown>
  extends Submission<Value>,
    AsyncIterable<Chunk, Value>,
    AsyncDisposable {}

/** For tasks that do not say. */
export interface TaskDefaults {
  readonly heapLimitMb: number
  readonly externalLimitMb: number
  readonly timeoutMs: number
  readonly keyConcurrency: number
}

/** @throws SupervisorError `HANDLER_INVALID` */
export const createSessionTask = (
  task: Task,
  options: TaskOptions,
  sessionId: string,
  environment: Readonly<Record<string, string>>,
  taskDefaults: TaskDefaults,
  isStreamed: boolean,
): SessionTask => ({
  sessionId,
  handler: resolveHandler(task.handler as HandlerReference),
  input: task.input,
  transferList: options.transferList ?? NOTHING,
  environment,
  isolation: options.isolation ?? defaults.isolation,
  permissions: options.permissions,
  artifactFolder: options.artifactFolder ?? null,
  attempt: options.attempt ?? 1,
  lastCheckpoint: options.lastCheckpoint,
  isStreamed,
  resultLimitMb: options.resultLimitMb ?? defaults.resultLimitMb,
  limits: createLimits(options, taskDefaults),
  queueing:
    options.priority === undefined && options.key === undefined ? UNQUALIFIED : createQueueing(options, taskDefaults),
})

/* Shared by the tasks that say nothing: a million may wait. */
const NOTHING: readonly never[] = []
const UNQUALIFIED: Queueing = { priority: defaults.priority, key: undefined, keyConcurrency: defaults.keyConcurrency }

const createQueueing = (options: TaskOptions, taskDefaults: TaskDefaults): Queueing => ({
  priority: options.priority ?? defaults.priority,
  key: options.key,
  keyConcurrency: options.keyConcurrency ?? taskDefaults.keyConcurrency,
})

const createLimits = (options: TaskOptions, taskDefaults: TaskDefaults): SessionLimits => ({
  heapLimitMb: options.heapLimitMb ?? taskDefaults.heapLimitMb,
  externalLimitMb: options.externalLimitMb ?? taskDefaults.externalLimitMb,
  timeoutMs: options.timeoutMs ?? taskDefaults.timeoutMs,
  deadlineMs: options.deadlineMs,
  queueTimeoutMs: options.queueTimeoutMs,
  startupTimeoutMs: options.startupTimeoutMs ?? defaults.startupTimeoutMs,
  heartbeatTimeoutMs: options.heartbeatTimeoutMs,
  graceMs: options.graceMs ?? defaults.graceMs,
  exitTimeoutMs: options.exitTimeoutMs ?? defaults.exitTimeoutMs,
})

/** How a ticket was answered: the session ended, or it was refused. */
type Answer = { readonly settlement: Settlement } | { readonly refusal: SupervisorError }

/** The caller's side of one session: its promises, its signal, its callbacks. Promises are made for those who ask for them. */
export class Ticket {
  readonly options: TaskOptions
  /** Of a task whose stream is read. */
  readonly chunks: ChunkReader | undefined
  #answer: Answer | undefined
  #settled: PromiseWithResolvers<Settlement> | undefined
  #result: PromiseWithResolvers<unknown> | undefined
  #outcome: PromiseWithResolvers<Outcome> | undefined
  #stopListening: () => void = nothing

  constructor(options: TaskOptions, isStreamed = false) {
    this.options = options
    this.chunks = isStreamed ? new ChunkReader() : undefined
  }

  get settled(): Promise<Settlement> {
    this.#settled ??= this.#promise(answerSettled)
    return this.#settled.promise
  }

  get result(): Promise<unknown> {
    this.#result ??= this.#promise(answerResult)
    return this.#result.promise
  }

  get outcome(): Promise<Outcome> {
    this.#outcome ??= this.#promise(answerOutcome)
    return this.#outcome.promise
  }

  listen(session: Session): void {
    this.chunks?.bind(session)
    const { signal } = this.options
    if (signal === undefined) return
    const cancel = (): void => session.cancel('user', reasonText(signal.reason))
    if (signal.aborted) return cancel()
    this.#stopListening = onAbort(signal, cancel)
  }

  markRunning(sessionId: string): void {
    callBack(this.options.onRunning, sessionId)
  }

  settle(settlement: Settlement): void {
    this.#give({ settlement })
    this.chunks?.end(settlement)
  }

  refuse(error: SupervisorError): void {
    this.#give({ refusal: error })
    this.chunks?.end({ refused: error })
  }

  submission<Value>(sessionId: string, cancel: (reason: string) => void): Submission<Value> {
    return new TicketSubmission<Value>(this, sessionId, cancel)
  }

  /** False when the task may not send one now. */
  addChunk(value: unknown): boolean {
    return this.chunks?.add(value) ?? false
  }

  /** The submission, with the chunks of its task. */
  stream<Chunk, Value, Kind extends Submission<Value>>(submission: Kind): Kind & TaskStream<Chunk, Value> {
    const chunks = this.chunks as AsyncIterableIterator<Chunk, Value>
    return Object.assign(submission, {
      [Symbol.asyncIterator]: () => chunks,
      [Symbol.asyncDispose]: async () => {
        await chunks.return?.()
        await submission.outcome.catch(nothing)
      },
    })
  }

  #give(answer: Answer): void {
    this.#stopListening()
    this.#stopListening = nothing
    this.#answer ??= answer
    if (this.#settled !== undefined) answerSettled(this.#settled, this.#answer)
    if (this.#result !== undefined) answerResult(this.#result, this.#answer)
    if (this.#outcome !== undefined) answerOutcome(this.#outcome, this.#answer)
  }

  #promise<Value>(give: (waiter: PromiseWithResolvers<Value>, answer: Answer) => void): PromiseWithResolvers<Value> {
    const waiter = Promise.withResolvers<Value>()
    // A caller that only looks at `result` must not be met by an unhandled rejection of its twin.
    waiter.promise.catch(nothing)
    if (this.#answer !== undefined) give(waiter, this.#answer)
    return waiter
  }
}

const nothing = (): void => {}

const answerSettled = (waiter: PromiseWithResolvers<Settlement>, answer: Answer): void => {
  if ('refusal' in answer) waiter.reject(answer.refusal)
  else waiter.resolve(answer.settlement)
}

const answerOutcome = (waiter: PromiseWithResolvers<Outcome>, answer: Answer): void => {
  if ('refusal' in answer) waiter.reject(answer.refusal)
  else waiter.resolve(answer.settlement.outcome)
}

const answerResult = (waiter: PromiseWithResolvers<unknown>, answer: Answer): void => {
  if ('refusal' in answer) waiter.reject(answer.refusal)
  else if (answer.settlement.ok) waiter.resolve(answer.settlement.value)
  else waiter.reject(answer.settlement.error)
}

class TicketSubmission<Value> implements Submission<Value> {
  readonly sessionId: string
  readonly #ticket: Ticket
  readonly #cancel: (reason: string) => void

  constructor(ticket: Ticket, sessionId: string, cancel: (reason: string) => void) {
    this.#ticket = ticket
    this.sessionId = sessionId
    this.#cancel = cancel
  }

  get result(): Promise<Value> {
    return this.#ticket.result as Promise<Value>
  }

  get outcome(): Promise<Outcome> {
    return this.#ticket.outcome
  }

  /** Also when it is called without its submission: callers take it out of it. */
  get cancel(): Submission['cancel'] {
    return (reason = 'cancelled by its caller') => this.#cancel(reason)
  }
}

export const reasonText = (reason: unknown): string =>
  reason instanceof Error ? reason.message : reason === undefined ? 'aborted' : String(reason)

/** A caller's callback that throws is the caller's uncaught error; it must not stop a transition half-way. */
export const callBack = <Value>(callback: ((value: Value) => void) | undefined, value: Value): void => {
  try {
    callback?.(value)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
