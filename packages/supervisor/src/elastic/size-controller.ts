/** What was seen of the machine and of the work. Times are milliseconds. */
export interface Reading {
  readonly now: number
  readonly running: number
  readonly waiting: number
  /** By how much this process's timers are late, on average since the last reading. */
  readonly loopLagMs: number
  /** The share of the machine, or of the cgroup, that is free, from 0 to 1. */
  readonly freeMemoryShare: number
}

/** `queue`: tasks waited. `memory`, `lag`: there was too little, too much of it. `idle`: nothing waited for a while. */
export type ResizeReason = 'queue' | 'memory' | 'lag' | 'idle'

export interface Resize {
  readonly from: number
  readonly to: number
  readonly reason: ResizeReason
}

export interface SizeBounds {
  readonly minWorkers: number
  readonly maxWorkers: number
  /** How many may be added at the first step. */
  readonly firstStep: number
}

/** Between `enough` and `short` nothing changes: what is about to grow is not shrunk for it, and the other way round. */
const LAG_MS = { calm: 30, busy: 100 } as const
const FREE_MEMORY = { enough: 0.2, short: 0.1 } as const

/** What one step has brought about is seen at the next. */
export const STEP_MS = 250

/** Between two steps beyond a size that has proven itself. */
const PROBE_MS = 5_000

const IDLE_MS = 10_000

/** One long pause of this process is no sign of too much work; lateness that lasts is. */
const BUSY_FOR_MS = 750

/** What was too many is not tried again before; then twice as long each time, an hour at most. */
const FIRST_RETRY_MS = 60_000
const LONGEST_RETRY_MS = 3_600_000

const SHRINK_TO = 0.75

/**
 * How many workers may run at one time, from what is seen of the machine; decides and does nothing, and has no clock but the readings.
 *
 * It grows as TCP does: at once by a first step, then doubling, as long as tasks wait and nothing is short. Under pressure it
 * shrinks by a quarter, and from there on comes back in ever smaller steps, but not to the size that was too many before it has
 * waited for long, twice as long each time: so it settles instead of swinging. It never ends what runs, so a shrink that has not
 * had its effect yet is not followed by another.
 */
export class SizeController {
  readonly #bounds: SizeBounds
  #size: number
  /** Up to here it grows fast. */
  #proven: number
  #tooMany = Number.POSITIVE_INFINITY
  #retryAt = Number.NEGATIVE_INFINITY
  #retriedAt = Number.NEGATIVE_INFINITY
  #retryMs = FIRST_RETRY_MS
  #busySince: number | undefined
  #changedAt = Number.NEGATIVE_INFINITY
  #wantedAt = Number.NEGATIVE_INFINITY

  constructor(bounds: SizeBounds) {
    this.#bounds = bounds
    this.#size = bounds.minWorkers
    this.#proven = bounds.maxWorkers
  }

  get size(): number {
    return this.#size
  }

  get isAtMinimum(): boolean {
    return this.#size === this.#bounds.minWorkers
  }

  /** False when a reading would not make it grow, whatever it says: one costs more than asking. */
  mayGrow(now: number): boolean {
    return this.#size < this.#ceiling(now) && now - this.#changedAt >= this.#pauseMs()
  }

  decide(reading: Reading): Resize | undefined {
    const { now, running, waiting } = reading
    if (waiting > 0 || running >= this.#size) this.#wantedAt = Math.max(this.#wantedAt, now)
    const pressure = this.#pressureIn(reading)
    if (pressure !== undefined) return this.#shrink(reading, pressure)
    if (waiting > 0 && running >= this.#size) return isCalm(reading) ? this.#grow(reading) : undefined
    return now - this.#wantedAt >= IDLE_MS ? this.#resize(now, this.#clamp(running), 'idle') : undefined
  }

  #grow({ now, running, waiting }: Reading): Resize | undefined {
    if (!this.mayGrow(now)) return undefined
    const step = this.#size < this.#proven ? this.#fastStep() : this.#probe()
    const to = Math.min(this.#size + step, running + waiting, this.#ceiling(now))
    if (to >= this.#tooMany) {
      this.#tooMany = Number.POSITIVE_INFINITY
      this.#retriedAt = now
    }
    this.#proven = Math.max(this.#proven, to)
    return this.#resize(now, to, 'queue')
  }

  #fastStep(): number {
    return Math.min(Math.max(this.#size, this.#bounds.firstStep), this.#proven - this.#size)
  }

  /** Half of the way to what was too many, and near it one more at a time. */
  #probe(): number {
    const way = this.#tooMany === Number.POSITIVE_INFINITY ? 0 : this.#tooMany - this.#size
    return Math.max(1, Math.floor(way / 2))
  }

  #shrink({ now, running }: Reading, reason: 'memory' | 'lag'): Resize | undefined {
    if (this.isAtMinimum || running > this.#size || now - this.#changedAt < STEP_MS) return undefined
    const inUse = Math.min(this.#size, Math.max(running, 1))
    const to = this.#clamp(Math.floor(inUse * SHRINK_TO))
    this.#remember(now, inUse)
    this.#proven = to
    return this.#resize(now, to, reason)
  }

  #remember(now: number, tooMany: number): void {
    const isKnown = this.#tooMany !== Number.POSITIVE_INFINITY
    // Who tried again and was well for as long as he had waited begins anew.
    const wasWell = now - this.#retriedAt > this.#retryMs
    if (!isKnown) this.#retryMs = wasWell ? FIRST_RETRY_MS : Math.min(this.#retryMs * 2, LONGEST_RETRY_MS)
    this.#retryAt = now + this.#retryMs
    this.#tooMany = Math.max(tooMany, this.#bounds.minWorkers + 1)
  }

  #pressureIn({ now, loopLagMs, freeMemoryShare }: Reading): 'memory' | 'lag' | undefined {
    if (loopLagMs <= LAG_MS.busy) this.#busySince = undefined
    else this.#busySince ??= now
    if (freeMemoryShare < FREE_MEMORY.short) return 'memory'
    return this.#busySince !== undefined && now - this.#busySince >= BUSY_FOR_MS ? 'lag' : undefined
  }

  #ceiling(now: number): number {
    return now >= this.#retryAt ? this.#bounds.maxWorkers : Math.min(this.#bounds.maxWorkers, this.#tooMany - 1)
  }

  #pauseMs(): number {
    return this.#size < this.#proven ? STEP_MS : PROBE_MS
  }

  #clamp(size: number): number {
    return Math.min(Math.max(size, this.#bounds.minWorkers), this.#size)
  }

  #resize(now: number, to: number, reason: ResizeReason): Resize | undefined {
    const from = this.#size
    if (to === from) return undefined
    this.#size = to
    this.#changedAt = now
    return { from, to, reason }
  }
}

const isCalm = ({ loopLagMs, freeMemoryShare }: Reading): boolean =>
  loopLagMs <= LAG_MS.calm && freeMemoryShare >= FREE_MEMORY.enough
