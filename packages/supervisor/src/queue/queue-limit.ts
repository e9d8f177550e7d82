import { getHeapStatistics } from 'node:v8'

/** What a waiting task takes, and as much again for whoever waits for it; `pnpm bench queue` measures it. */
const TASK_BYTES = 2048

const SHARE = 1 / 16

const LEAST = 10_000

/**
 * How many tasks may wait when nobody says. What the queue of long tasks costs is memory, not time: it is a matter of this process's
 * heap, not of how many workers there are (whose square, as other pools have it, would be 16 here).
 */
export const autoMaxQueue = (heapLimitBytes: number = getHeapStatistics().heap_size_limit): number =>
  Math.max(LEAST, Math.floor((heapLimitBytes * SHARE) / TASK_BYTES))
