import type { MarkStatus } from './mark.ts'

/** How many steps stand so that it matters to the run as a whole. */
export class Tally {
  readonly #counts: Partial<Record<MarkStatus, number>>

  constructor(counts: Readonly<Partial<Record<MarkStatus, number>>>) {
    this.#counts = { ...counts }
  }

  move(from: MarkStatus, to: MarkStatus): void {
    this.#counts[from] = this.#of(from) - 1
    this.#counts[to] = this.#of(to) + 1
  }

  get queued(): number {
    return this.#of('queued')
  }

  get running(): number {
    return this.#of('running')
  }

  get waiting(): number {
    return this.#of('waiting')
  }

  get failed(): number {
    return this.#of('failed')
  }

  /** Interrupted or cancelled. */
  get stopped(): number {
    return this.#of('interrupted') + this.#of('cancelled')
  }

  get all(): number {
    return Object.values(this.#counts).reduce((sum, count) => sum + count, 0)
  }

  #of(status: MarkStatus): number {
    return this.#counts[status] ?? 0
  }
}
