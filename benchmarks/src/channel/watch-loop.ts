import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { now } from '../common/clock.ts'

const MB = 1024 * 1024

/** Reading the memory takes part in what is measured; so often it does not matter. */
const READ_MEMORY_EVERY_MS = 10

/** What happened to this process meanwhile. */
export interface Watched {
  /** Milliseconds: the longest time in which no timer fired, by the larger of two clocks. */
  readonly stall: number
  /** MB above the beginning: heap, garbage included, and what Buffers and clones take outside of it. */
  readonly heap: number
  readonly external: number
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Begins with a clean heap; what it returns ends it. */
export const watchLoop = (): (() => Watched) => {
  collect()
  const before = process.memoryUsage()
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  const peak = { heapUsed: before.heapUsed, external: before.external }
  let last = now()
  let readAt = last
  let longest = 0
  const tick = (): void => {
    const at = now()
    longest = Math.max(longest, at - last)
    last = at
    if (at - readAt < READ_MEMORY_EVERY_MS) return
    readAt = at
    const { heapUsed, external } = process.memoryUsage()
    peak.heapUsed = Math.max(peak.heapUsed, heapUsed)
    peak.external = Math.max(peak.external, external)
  }
  const ticker = setInterval(tick, 1)
  histogram.enable()
  return () => {
    tick()
    histogram.disable()
    clearInterval(ticker)
    return {
      stall: Math.max(longest, histogram.max / 1e6),
      heap: (peak.heapUsed - before.heapUsed) / MB,
      external: (peak.external - before.external) / MB,
    }
  }
}
