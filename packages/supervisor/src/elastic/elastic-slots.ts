import { LoopLag } from './loop-lag.ts'
import { type Resize, type SizeBounds, SizeController, STEP_MS } from './size-controller.ts'
import type { Load, Slots } from './slots.ts'

export interface ElasticParts {
  readonly bounds: SizeBounds
  /** The share of the machine, or of the cgroup, that is free, from 0 to 1. */
  readonly freeMemoryShare: () => number
  readonly load: () => Load
  /** Called synchronously, must not throw. */
  readonly resized: (resize: Resize) => void
}

/** Slots that become more and fewer. The machine is looked at while somebody waits or there are more of them than the least. */
export class ElasticSlots implements Slots {
  readonly #parts: ElasticParts
  readonly #controller: SizeController
  readonly #lag: LoopLag = new LoopLag()
  #timer: NodeJS.Timeout | undefined
  #loopLagMs = 0
  #isClosed = false

  constructor(parts: ElasticParts) {
    this.#parts = parts
    this.#controller = new SizeController(parts.bounds)
  }

  get size(): number {
    return this.#controller.size
  }

  /** A burst does not wait for the next look. */
  want(load: Load): void {
    this.#wake()
    if (this.#controller.mayGrow(performance.now())) this.#decide(load)
  }

  /** Nothing is looked at any more. */
  close(): void {
    this.#isClosed = true
    this.#rest()
  }

  #wake(): void {
    if (this.#isClosed || this.#timer !== undefined) return
    this.#lag.start()
    this.#timer = setInterval(() => this.#look(), STEP_MS).unref()
  }

  #look(): void {
    this.#loopLagMs = this.#lag.read()
    const load = this.#parts.load()
    this.#decide(load)
    if (load.waiting === 0 && this.#controller.isAtMinimum) this.#rest()
  }

  #rest(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#lag.stop()
    this.#loopLagMs = 0
  }

  #decide(load: Load): void {
    const reading = { ...load, loopLagMs: this.#loopLagMs, freeMemoryShare: this.#parts.freeMemoryShare() }
    const resize = this.#controller.decide({ now: performance.now(), ...reading })
    if (resize !== undefined) this.#parts.resized(resize)
  }
}
