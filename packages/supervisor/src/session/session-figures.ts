import type { MemorySample } from '../tiers/transport.ts'
import type { Outcome } from './outcome.ts'

type Figure =
  | 'peakHeapMb'
  | 'peakExternalMb'
  | 'peakRssMb'
  | 'cpuMs'
  | 'queuedMs'
  | 'startedInMs'
  | 'ranMs'
  | 'stoppedInMs'

/** What a session used and how long each of its stages took. Times are milliseconds since the epoch, memory is MB. */
export class SessionFigures {
  readonly createdAt: number
  startingAt: number | undefined
  readyAt: number | undefined
  stoppingAt: number | undefined
  /** When the task was done; its worker may have lived on. */
  finishedAt: number | undefined
  #peakHeapMb: number | null = null
  #peakExternalMb: number | null = null
  #peakRssMb: number | null = null
  #cpuMs: number | null = null

  constructor(createdAt: number) {
    this.createdAt = createdAt
  }

  record(sample: Partial<MemorySample>): void {
    this.#peakHeapMb = higher(this.#peakHeapMb, sample.heapMb)
    this.#peakExternalMb = higher(this.#peakExternalMb, sample.externalMb)
    this.#peakRssMb = higher(this.#peakRssMb, sample.rssMb)
    this.#cpuMs = higher(this.#cpuMs, sample.cpuMs)
  }

  /** As they stand in an outcome that is known `now`. */
  asOf(now: number): Pick<Outcome, Figure> {
    const { createdAt, startingAt, readyAt, stoppingAt, finishedAt: endedAt = now } = this
    return {
      peakHeapMb: this.#peakHeapMb,
      peakExternalMb: this.#peakExternalMb,
      peakRssMb: this.#peakRssMb,
      cpuMs: this.#cpuMs,
      queuedMs: (startingAt ?? endedAt) - createdAt,
      startedInMs: startingAt === undefined || readyAt === undefined ? null : readyAt - startingAt,
      ranMs: readyAt === undefined ? null : endedAt - readyAt,
      stoppedInMs: stoppingAt === undefined ? null : endedAt - stoppingAt,
    }
  }
}

const higher = (peak: number | null, seen: number | null | undefined): number | null =>
  typeof seen === 'number' ? Math.max(peak ?? 0, seen) : peak
