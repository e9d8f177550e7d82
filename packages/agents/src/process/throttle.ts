/** Says whether something that may happen often is due again. */
export class Throttle {
  readonly #intervalMs: number
  #next = Number.NEGATIVE_INFINITY

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs
  }

  isDue(now: number = performance.now()): boolean {
    if (now < this.#next) return false
    this.#next = now + this.#intervalMs
    return true
  }
}
