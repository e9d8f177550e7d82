import type { Clock } from '../clock.ts'

/** Timers by name, one of each; all can be cleared at once, so that none outlives its owner. */
export class Timers<Name extends string> {
  readonly #clock: Clock
  /** Made with the first one: most of those who wait have none. */
  #cancels: Map<Name, () => void> | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Takes the place of one of the same name; without a delay there is none. */
  set(name: Name, delayMs: number | undefined, callback: () => void): void {
    this.clear(name)
    if (delayMs === undefined) return
    const cancel = this.#clock.setTimer(delayMs, () => {
      this.#cancels?.delete(name)
      callback()
    })
    this.#cancels ??= new Map()
    this.#cancels.set(name, cancel)
  }

  clear(name: Name): void {
    this.#cancels?.get(name)?.()
    this.#cancels?.delete(name)
  }

  clearAll(): void {
    for (const name of [...(this.#cancels?.keys() ?? [])]) this.clear(name)
  }
}
