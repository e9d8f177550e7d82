import type { SupervisorError } from './errors.ts'
import { type HandlerReference, resolveHandler } from './handler.ts'
import { defaults, type Task, type TaskOptions } from './options.ts'
import type { Outcome } from './session/outcome.ts'
import type { Session } from './session/session.ts'
import type { SessionLimits, SessionTask, Settlement } from './session/session-task.ts'

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

export interface LimitDefaults {
  readonly heapLimitMb: number
  readonly externalLimitMb: number
  readonly timeoutMs: number
}

/** @throws SupervisorError `HANDLER_INVALID` */
export const createSessionTask = (
  task: Task,
  options: TaskOptions,
  sessionId: string,
  environment: Readonly<Record<string, string>>,
  limitDefaults: LimitDefaults,
): SessionTask => ({
  sessionId,
  handler: resolveHandler(task.handler as HandlerReference),
  input: task.input,
  transferList: options.transferList ?? [],
  environment,
  isolation: options.isolation ?? defaults.isolation,
  permissions: options.permissions,
  artifactFolder: options.artifactFolder ?? null,
  attempt: options.attempt ?? 1,
  lastCheckpoint: options.lastCheckpoint,
  limits: createLimits(options, limitDefaults),
})

const createLimits = (options: TaskOptions, limitDefaults: LimitDefaults): SessionLimits => ({
  heapLimitMb: options.heapLimitMb ?? limitDefaults.heapLimitMb,
  externalLimitMb: options.externalLimitMb ?? limitDefaults.externalLimitMb,
  timeoutMs: options.timeoutMs ?? limitDefaults.timeoutMs,
  deadlineMs: options.deadlineMs,
  queueTimeoutMs: options.queueTimeoutMs,
  startupTimeoutMs: options.startupTimeoutMs ?? defaults.startupTimeoutMs,
  heartbeatTimeoutMs: options.heartbeatTimeoutMs,
  graceMs: options.graceMs ?? defaults.graceMs,
  exitTimeoutMs: options.exitTimeoutMs ?? defaults.exitTimeoutMs,
})

/** The caller's side of one session: its promises, its signal, its callbacks. */
export class Ticket {
  readonly options: TaskOptions
  readonly #settling: PromiseWithResolvers<Settlement> = Promise.withResolvers()
  #stopListening: () => void = () => {}

  constructor(options: TaskOptions) {
    this.options = options
    // A caller that only looks at `result` must not be met by an unhandled rejection of its twin.
    this.settled.catch(() => {})
  }

  get settled(): Promise<Settlement> {
    return this.#settling.promise
  }

  listen(session: Session): void {
    const { signal } = this.options
    if (signal === undefined) return
    const onAbort = (): void => session.cancel('user', reasonText(signal.reason))
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    this.#stopListening = () => signal.removeEventListener('abort', onAbort)
  }

  markRunning(sessionId: string): void {
    callBack(this.options.onRunning, sessionId)
  }

  settle(settlement: Settlement): void {
    this.#stopListening()
    this.#settling.resolve(settlement)
  }

  refuse(error: SupervisorError): void {
    this.#stopListening()
    this.#settling.reject(error)
  }

  submission<Value>(sessionId: string, cancel: (reason: string) => void): Submission<Value> {
    const result = this.settled.then((settlement) => {
      if (settlement.ok) return settlement.value as Value
      throw settlement.error
    })
    result.catch(() => {})
    const outcome = this.settled.then((settlement) => settlement.outcome)
    outcome.catch(() => {})
    return { sessionId, result, outcome, cancel: (reason = 'cancelled by its caller') => cancel(reason) }
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
