import { ElasticSlots } from './elastic-slots.ts'
import type { Resize, ResizeReason } from './size-controller.ts'
import { fixedSlots, type Load, type Slots } from './slots.ts'
import type { WorkerRange } from './worker-range.ts'

export interface SizeMetrics {
  /** Workers that may run at one time now. */
  readonly current: number
  readonly minWorkers: number
  readonly maxWorkers: number
  /** Why it is what it is: `fixed` is not elastic, `start` has not changed yet. */
  readonly reason: 'fixed' | 'start' | ResizeReason
}

export interface WorkerSlotsParts {
  readonly range: WorkerRange
  readonly freeMemoryShare: () => number
  readonly load: () => Load
  /** Called synchronously, must not throw. */
  readonly resized: (resize: Resize, text: string) => void
}

/** How many workers may run at one time, fixed or elastic, and why so many. */
export class WorkerSlots implements Slots {
  readonly #range: WorkerRange
  readonly #slots: Slots
  #reason: SizeMetrics['reason']

  constructor({ range, resized, ...parts }: WorkerSlotsParts) {
    this.#range = range
    this.#reason = range.isElastic ? 'start' : 'fixed'
    const onResized = (resize: Resize): void => {
      this.#reason = resize.reason
      resized(resize, describe(resize))
    }
    const { isElastic, maxWorkers } = range
    this.#slots = isElastic ? new ElasticSlots({ ...parts, bounds: range, resized: onResized }) : fixedSlots(maxWorkers)
  }

  get size(): number {
    return this.#slots.size
  }

  want(load: Load): void {
    this.#slots.want(load)
  }

  close(): void {
    this.#slots.close()
  }

  metrics(): SizeMetrics {
    const { minWorkers, maxWorkers } = this.#range
    return { current: this.size, minWorkers, maxWorkers, reason: this.#reason }
  }
}

const describe = ({ from, to, reason }: Resize): string =>
  `Up to ${to} workers at one time from now on, ${from} before: ${texts[reason]}`

const texts: Readonly<Record<ResizeReason, string>> = {
  queue: 'tasks wait',
  memory: 'the machine is short of memory',
  lag: 'the event loop is late',
  idle: 'nothing has waited for a while',
}
