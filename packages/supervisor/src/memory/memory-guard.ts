import { getHeapStatistics } from 'node:v8'
import { readProcessUsage, touchedByThread } from '../children/process-tree.ts'
import { memoryVerdict } from '../session/verdict.ts'
import type { MemorySample } from '../tiers/transport.ts'
import type { GuardedWorker } from './guarded-worker.ts'
import { ResidentWatch, type ThreadReading } from './resident-watch.ts'

const MB = 1024 * 1024

/** Often enough that, with 1 GiB of slack, none of 100 memory bombs took the process down. */
const INTERVAL_MS = 25

/** One that is far from its limits is read less often: read each 25 ms, four busy workers took 2.4 % of a core. */
const LONGEST_INTERVAL_MS = 250

/** Faster than memory can be filled: none reaches its limit between two readings. */
const FASTEST_GROWTH_MB_PER_MS = 4

/** Resident size that grows by less is looked into this often. */
const QUIET_GROWTH_MB = 4
const QUIET_INTERVAL_MS = 250

/** A reading asked for before the worker's isolate exists, or during a native call, may never be answered. */
const UNANSWERED_AFTER_MS = 1000

/** Those that are due so soon are read with those that are due now: each time that this thread wakes costs more than a reading. */
const TOGETHER_MS = INTERVAL_MS

/** A thread that has not answered for so long is in a native call, such as a large `JSON.parse`, whose heap may grow unseen. */
const OVERDUE_MS = 2 * INTERVAL_MS

interface Watched {
  /** When the reading that is on its way was asked for. */
  askedAt: number | undefined
  /** Not before. */
  dueAt: number
  /** What a thread's heap and external memory held at the last reading. */
  shownMb: number | undefined
  /** What a heap snapshot has left resident in a process: the allocator keeps it, and it is not its task's. */
  excusedMb: number
}

/** Reads the memory of every worker from outside and tells whoever answers for it. */
export class MemoryGuard {
  readonly #watched: Map<GuardedWorker, Watched> = new Map()
  /** Those that make a heap snapshot of themselves. */
  readonly #excused: Set<GuardedWorker> = new Set()
  readonly #resident: ResidentWatch<GuardedWorker> = new ResidentWatch()
  #timer: NodeJS.Timeout | undefined
  #nextAt = 0
  /** Of the whole process. */
  #isGrowing = false
  #residentReading = { at: Number.NEGATIVE_INFINITY, rssMb: 0 }

  watch(worker: GuardedWorker): void {
    this.#watched.set(worker, { askedAt: undefined, dueAt: 0, shownMb: undefined, excusedMb: 0 })
    this.#arm()
  }

  unwatch(worker: GuardedWorker): void {
    this.#watched.delete(worker)
    if (this.#watched.size > 0) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#resident.rest()
  }

  /** While it makes a heap snapshot a worker holds memory that is not its task's. Returns what ends that. */
  excuse(worker: GuardedWorker): () => void {
    this.#excused.add(worker)
    const rssBeforeMb = rssOf(worker)
    return () => {
      this.#excused.delete(worker)
      // What is resident after it is the measure for what comes.
      this.#resident.rest()
      const watched = this.#watched.get(worker)
      if (watched !== undefined) watched.excusedMb += Math.max(0, rssOf(worker) - rssBeforeMb)
    }
  }

  /** Wakes this process no more often than someone is due. */
  #arm(): void {
    const next = Math.min(...[...this.#watched.values()].map(({ dueAt }) => dueAt))
    const now = performance.now()
    const delayMs = Math.min(LONGEST_INTERVAL_MS, Math.max(INTERVAL_MS, this.#isGrowing ? 0 : next - now))
    this.#nextAt = now + delayMs
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#readAll(), delayMs).unref()
  }

  #readAll(): void {
    const now = performance.now()
    for (const [worker, watched] of this.#watched) {
      if (now >= watched.dueAt - TOGETHER_MS) void this.#read(worker, watched, now)
    }
    const rssMb = process.memoryUsage.rss() / MB
    this.#isGrowing = rssMb - this.#residentReading.rssMb >= QUIET_GROWTH_MB
    if (this.#isGrowing || now - this.#residentReading.at >= QUIET_INTERVAL_MS) this.#readResident(rssMb, now)
    this.#arm()
  }

  async #read(worker: GuardedWorker, watched: Watched, now: number): Promise<void> {
    watched.askedAt = now
    watched.dueAt = now + UNANSWERED_AFTER_MS
    const sample = await worker.sample()
    if (this.#watched.get(worker) !== watched) return
    // Late is better than never: one that was given up and asked again may answer all the same.
    if (watched.askedAt === now) watched.askedAt = undefined
    if (sample === undefined) return
    watched.shownMb = sample.heldMb ?? undefined
    watched.dueAt = now + restMs(sample, worker)
    worker.observe({ ...sample, rssMb: this.#rssOf(worker, watched, sample) })
    if (this.#watched.size > 0 && watched.dueAt < this.#nextAt - TOGETHER_MS) this.#arm()
  }

  #rssOf(worker: GuardedWorker, { excusedMb }: Watched, { rssMb }: MemorySample): number | null {
    return rssMb === null || this.#excused.has(worker) ? null : Math.max(0, rssMb - excusedMb)
  }

  /** What threads hold outside everything that can be read of each. */
  #readResident(rssMb: number, now: number): void {
    this.#residentReading = { at: now, rssMb }
    const threads = [...this.#watched].flatMap(([worker, watched]) => readThread(worker, watched, now))
    if (threads.length === 0 || this.#excused.size > 0) return this.#resident.rest()
    const { total_physical_size: heap, external_memory: external } = getHeapStatistics()
    const ownMb = (heap + external) / MB
    const culprit = this.#resident.read({ rssMb, ownMb, threads })
    culprit?.key.exceed(memoryVerdict('rss', 'memory outside heap and Buffers', culprit.unseenMb, culprit.limitMb))
  }
}

/** Resident MB of a worker that is a process; 0 of any other. */
const rssOf = ({ workerPid }: GuardedWorker): number =>
  workerPid === undefined ? 0 : (readProcessUsage(workerPid)?.rssMb ?? 0)

/** How long one may be left alone that has so much room. */
const restMs = ({ heapMb, externalMb, rssMb }: MemorySample, { limits }: GuardedWorker): number => {
  const { heapLimitMb, externalLimitMb } = limits
  const roomMb = Math.min(
    heapLimitMb - (heapMb ?? 0),
    externalLimitMb - (externalMb ?? 0),
    heapLimitMb + externalLimitMb - (rssMb ?? 0),
  )
  return Math.min(LONGEST_INTERVAL_MS, Math.max(INTERVAL_MS, roomMb / FASTEST_GROWTH_MB_PER_MS))
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
