import { getHeapStatistics } from 'node:v8'
import { touchedByThread } from '../children/process-tree.ts'
import { memoryVerdict } from '../session/verdict.ts'
import type { GuardedWorker } from './guarded-worker.ts'
import { ResidentWatch, type ThreadReading } from './resident-watch.ts'

const MB = 1024 * 1024

/** Often enough that, with 1 GiB of slack, none of 100 memory bombs took the process down. */
const INTERVAL_MS = 25

/** A reading asked for before the worker's isolate exists, or during a native call, may never be answered. */
const UNANSWERED_AFTER_MS = 1000

/** A thread that has not answered for so long is in a native call, such as a large `JSON.parse`, whose heap may grow unseen. */
const OVERDUE_MS = 2 * INTERVAL_MS

interface Watched {
  /** When the reading that is on its way was asked for. */
  askedAt: number | undefined
  /** What a thread's heap and external memory held at the last reading. */
  shownMb: number | undefined
}

/** Reads the memory of every worker from outside and tells whoever answers for it. */
export class MemoryGuard {
  readonly #watched: Map<GuardedWorker, Watched> = new Map()
  readonly #resident: ResidentWatch<GuardedWorker> = new ResidentWatch()
  #timer: NodeJS.Timeout | undefined

  watch(worker: GuardedWorker): void {
    this.#watched.set(worker, { askedAt: undefined, shownMb: undefined })
    this.#timer ??= setInterval(() => this.#readAll(), INTERVAL_MS).unref()
  }

  unwatch(worker: GuardedWorker): void {
    this.#watched.delete(worker)
    if (this.#watched.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#resident.rest()
  }

  #readAll(): void {
    const now = performance.now()
    for (const [worker, watched] of this.#watched) {
      if (now - (watched.askedAt ?? Number.NEGATIVE_INFINITY) >= UNANSWERED_AFTER_MS)
        void this.#read(worker, watched, now)
    }
    this.#readResident()
  }

  async #read(worker: GuardedWorker, watched: Watched, now: number): Promise<void> {
    watched.askedAt = now
    const sample = await worker.sample()
    if (this.#watched.get(worker) !== watched) return
    // Late is better than never: one that was given up and asked again may answer all the same.
    if (watched.askedAt === now) watched.askedAt = undefined
    if (sample === undefined) return
    watched.shownMb = sample.heldMb ?? undefined
    worker.observe(sample)
  }

  /** What threads hold outside everything that can be read of each. */
  #readResident(): void {
    const now = performance.now()
    const threads = [...this.#watched].flatMap(([worker, watched]) => readThread(worker, watched, now))
    if (threads.length === 0) return this.#resident.rest()
    const { total_physical_size: heap, external_memory: external } = getHeapStatistics()
    const ownMb = (heap + external) / MB
    const culprit = this.#resident.read({ rssMb: process.memoryUsage.rss() / MB, ownMb, threads })
    culprit?.key.exceed(memoryVerdict('rss', 'memory outside heap and Buffers', culprit.unseenMb, culprit.limitMb))
  }
}

const readThread = (
  worker: GuardedWorker,
  { shownMb, askedAt }: Watched,
  now: number,
): ThreadReading<GuardedWorker>[] => {
  const { workerThreadId } = worker
  if (workerThreadId === null || shownMb === undefined) return []
  const touchedMb = touchedByThread(workerThreadId)
  if (touchedMb === undefined) return []
  const { heapLimitMb, externalLimitMb } = worker.limits
  const isSilent = askedAt !== undefined && now - askedAt > OVERDUE_MS
  return [{ key: worker, shownMb, touchedMb, allowanceMb: externalLimitMb + (isSilent ? heapLimitMb : 0) }]
}
