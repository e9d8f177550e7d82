import { getHeapStatistics } from 'node:v8'

const INTERVAL_MS = 5
export const MB: number = 1024 * 1024

/** Watches the heap of the thread that it is made in. */
export class HeapSampler implements Disposable {
  readonly #timer: NodeJS.Timeout
  #peak = 0

  constructor() {
    this.#timer = setInterval(() => this.#sample(), INTERVAL_MS)
    this.#sample()
  }

  /** MB. */
  get peak(): number {
    this.#sample()
    return this.#peak / MB
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  #sample(): void {
    this.#peak = Math.max(this.#peak, getHeapStatistics().used_heap_size)
  }
}

/** MB after a full collection; the process must have been started with `--expose-gc`. */
export const liveHeap = (): number => {
  globalThis.gc?.()
  return getHeapStatistics().used_heap_size / MB
}
