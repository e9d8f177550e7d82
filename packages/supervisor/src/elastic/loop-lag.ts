const EVERY_MS = 20

/**
 * By how much this process's timers are late. Not `monitorEventLoopDelay`: after its `reset` it does not count the interval that
 * was going on (Node 26: of 300 ms without a turn it saw 13), and without one it is no figure of the last moment.
 */
export class LoopLag {
  #timer: NodeJS.Timeout | undefined
  #lastAt = 0
  #lateMs = 0
  #count = 0

  start(): void {
    if (this.#timer !== undefined) return
    this.#lastAt = performance.now()
    this.#timer = setInterval(() => this.#tick(), EVERY_MS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#forget()
  }

  /** Milliseconds, on average since the last call. */
  read(): number {
    this.#tick()
    const mean = this.#lateMs / this.#count
    this.#forget()
    return mean
  }

  #tick(): void {
    const now = performance.now()
    this.#lateMs += Math.max(0, now - this.#lastAt - EVERY_MS)
    this.#count++
    this.#lastAt = now
  }

  #forget(): void {
    this.#lateMs = 0
    this.#count = 0
  }
}
