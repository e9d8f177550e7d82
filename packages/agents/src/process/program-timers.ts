import type { AgentLimits } from '../agent-limits.ts'

type TimeoutCause = 'start' | 'idle' | 'time' | 'lingering'

/** The clocks over a program: to its first sign of life, between two of them, for all of it, and after its result. */
export class ProgramTimers {
  readonly #onTimeout: (cause: TimeoutCause) => void
  readonly #idleTimeoutMs: number
  #silence: NodeJS.Timeout | undefined
  #whole: NodeJS.Timeout | undefined
  #isAlive = false

  constructor(limits: Required<AgentLimits>, onTimeout: (cause: TimeoutCause) => void) {
    this.#onTimeout = onTimeout
    this.#idleTimeoutMs = limits.idleTimeoutMs
    this.#silence = this.#set('start', limits.startTimeoutMs)
    this.#whole = this.#set('time', limits.timeoutMs)
  }

  /** Cheap: it is called for every chunk of output. */
  alive(): void {
    if (this.#isAlive) return void this.#silence?.refresh()
    this.#isAlive = true
    if (this.#silence === undefined) return
    clearTimeout(this.#silence)
    this.#silence = this.#set('idle', this.#idleTimeoutMs)
  }

  linger(lingerMs: number): void {
    if (this.#whole === undefined) return
    this.clear()
    this.#whole = this.#set('lingering', lingerMs)
  }

  clear(): void {
    clearTimeout(this.#silence)
    clearTimeout(this.#whole)
    this.#silence = undefined
    this.#whole = undefined
  }

  #set(cause: TimeoutCause, delayMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#onTimeout(cause), Math.min(delayMs, LONGEST_TIMER_MS))
  }
}

/** Node's timers take no more (24.8 days): a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1
