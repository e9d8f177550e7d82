import type { Spare, SpareLimits } from './spare.ts'
import type { SpareShape } from './spare-shape.ts'

/** Spares of one shape: how many are wanted, and those that there are. */
export class SpareStock {
  readonly shape: SpareShape
  limits: SpareLimits
  wanted = 0
  /** Of the clock; until then it is not filled, for the last one came to nothing. */
  brokenUntil = 0
  /** Of the clock. */
  lastUsedAt = 0
  readonly #spares: Set<Spare> = new Set()
  #waiting: PromiseWithResolvers<void>[] = []

  constructor(shape: SpareShape, limits: SpareLimits) {
    this.shape = shape
    this.limits = limits
  }

  get spares(): readonly Spare[] {
    return [...this.#spares]
  }

  get isEmpty(): boolean {
    return this.wanted === 0 && this.#spares.size === 0
  }

  get missing(): number {
    return this.wanted - this.ready - this.warming
  }

  get ready(): number {
    return this.spares.filter(({ state }) => state === 'ready').length
  }

  get warming(): number {
    return this.spares.filter(({ state }) => state === 'warming').length
  }

  get heldMb(): number {
    let heldMb = 0
    for (const spare of this.#spares) heldMb += spare.heldMb
    return heldMb
  }

  add(spare: Spare): void {
    this.#spares.add(spare)
  }

  remove(spare: Spare): void {
    this.#spares.delete(spare)
  }

  /** The oldest that is ready; it is none of the stock's any more. */
  takeReady(): Spare | undefined {
    for (const spare of this.#spares) {
      if (spare.state !== 'ready') continue
      this.#spares.delete(spare)
      return spare
    }
    return undefined
  }

  /** Resolves when as many are ready as are wanted. */
  filled(): Promise<void> {
    if (this.ready >= this.wanted) return Promise.resolve()
    const waiting = Promise.withResolvers<void>()
    this.#waiting.push(waiting)
    return waiting.promise
  }

  tellReady(): void {
    if (this.ready < this.wanted) return
    for (const waiting of this.#waiting.splice(0)) waiting.resolve()
  }

  tellFailed(error: Error): void {
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error)
  }
}
