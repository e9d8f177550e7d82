import type { PlanTimings } from '../plan.ts'

type Part = Exclude<keyof PlanTimings, 'totalMs'>

/** Measures the parts of a plan's making. Milliseconds. */
export class Stopwatch {
  readonly #begun = performance.now()
  readonly #parts = new Map<Part, number>()
  #open: { readonly part: Part; readonly since: number } | undefined

  async time<Value>(part: Part, work: Promise<Value>): Promise<Value> {
    const since = performance.now()
    try {
      return await work
    } finally {
      this.#parts.set(part, performance.now() - since)
    }
  }

  /** Measures from here until `timings` is asked for. */
  start(part: Part): void {
    this.#open = { part, since: performance.now() }
  }

  timings(): PlanTimings {
    if (this.#open !== undefined) this.#parts.set(this.#open.part, performance.now() - this.#open.since)
    const of = (part: Part): number => Math.round(this.#parts.get(part) ?? 0)
    return {
      inventoryMs: of('inventoryMs'),
      readingMs: of('readingMs'),
      historyMs: of('historyMs'),
      rankingMs: of('rankingMs'),
      totalMs: Math.round(performance.now() - this.#begun),
    }
  }
}
