import { AgentLimitError, type LimitName } from '../agent-limit-error.ts'
import type { AgentLimits } from '../agent-limits.ts'

/** Ends an attempt that takes too long: as a whole, until a first sign of life, or between two. */
export class AttemptClock implements Disposable {
  readonly #agent: string
  readonly #limits: Required<AgentLimits>
  readonly #expired = new AbortController()
  readonly #whole: NodeJS.Timeout
  #silence: NodeJS.Timeout | undefined

  constructor(agent: string, limits: Required<AgentLimits>) {
    this.#agent = agent
    this.#limits = limits
    this.#whole = this.#expireAfter('timeoutMs', 'it was not done')
  }

  /** Aborted with an AgentLimitError that says what took too long. */
  get signal(): AbortSignal {
    return this.#expired.signal
  }

  /** The endpoint was called: it has `startTimeoutMs` for a first sign of life. */
  awaitStart(): void {
    this.quiet()
    this.#silence = this.#expireAfter('startTimeoutMs', 'the endpoint did not begin to answer')
  }

  /** Something came: it has `idleTimeoutMs` for more. */
  sawLife(): void {
    this.quiet()
    this.#silence = this.#expireAfter('idleTimeoutMs', 'the endpoint stopped in the middle of an answer')
  }

  /** Nobody is waited for. */
  quiet(): void {
    clearTimeout(this.#silence)
  }

  [Symbol.dispose](): void {
    this.quiet()
    clearTimeout(this.#whole)
  }

  #expireAfter(limit: LimitName & keyof AgentLimits, happened: string): NodeJS.Timeout {
    const allowed = this.#limits[limit]
    const expire = (): void => this.#expired.abort(new AgentLimitError(this.#agent, limit, allowed, happened))
    // Longer than a timer can be is no limit that anybody will meet; a timer would fire at once.
    return setTimeout(expire, Math.min(allowed, 2 ** 31 - 1))
  }
}
