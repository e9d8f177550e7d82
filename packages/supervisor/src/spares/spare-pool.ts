import type { Clock } from '../clock.ts'
import { SupervisorError } from '../errors.ts'
import type { Isolation } from '../session/outcome.ts'
import type { SessionTask } from '../session/session-task.ts'
import type { Transport, WorkerListener, WorkerStart } from '../tiers/transport.ts'
import type { WorkerCare } from '../worker-care.ts'
import { Spare, type SpareLimits, type SpareObserver, WARMING_MB } from './spare.ts'
import { isPlainlyOf, keyOfShape, type SpareShape, shapeOf } from './spare-shape.ts'
import { SpareStock } from './spare-stock.ts'

export interface SparePoolParts {
  readonly clock: Clock
  readonly care: WorkerCare
  readonly transportOf: (isolation: Isolation) => Transport
  readonly createId: () => string
  /** Whether so many MB more are within the budget. */
  readonly hasRoomFor: (megabytes: number) => boolean
  readonly observer: SparePoolObserver
  readonly isMachineShort: () => boolean
  /** One has gone, and with it what it held. */
  readonly onGone: () => void
  readonly log: (message: string) => void
}

/** Told of each spare; called synchronously, must not throw. */
export interface SparePoolObserver {
  spareCreated(spare: Spare): void
  spareReady(spare: Spare): void
  spareFailed(spare: Spare, error: Error): void
  /** Never told of one that was taken. */
  spareGone(spare: Spare): void
}

export interface SpareMetrics {
  /** Asked for, all handlers together. */
  readonly wanted: number
  readonly ready: number
  /** Started, not ready yet. */
  readonly warming: number
  /** MB that they count with against the budget. */
  readonly heldMb: number
  /** Taken since the supervisor was made. */
  readonly taken: number
}

/**
 * Starting a worker takes more than a millisecond of this thread: not before the caller of a short task, who has just got its
 * spare, has its result.
 */
const REFILL_AFTER_MS = 10

/** A module that could not be imported, or takes its worker down, is not tried again and again. */
const BROKEN_FOR_MS = 60_000

/** Memory that was short will not be plenty a moment later. */
const SHORT_FOR_MS = 10_000

/** Twice a task's default time from force to the next rung. */
const CLOSE_TIMEOUT_MS = 4000

/** How often it is asked whether the machine runs out of memory, as long as there are spares. */
const LOOK_EVERY_MS = 1000

/** Least recently used ones make room for others. */
export const MOST_SPARES = 64

/** Workers that wait, imported and never used: each takes one task, is replaced, and gives way when memory is short. */
export class SparePool {
  readonly #parts: SparePoolParts
  readonly #stocks: Map<string, SpareStock> = new Map()
  readonly #leaving: Set<Spare> = new Set()
  #shortUntil = 0
  #taken = 0
  #cancelRefill: (() => void) | undefined
  #closing: PromiseWithResolvers<void> | undefined
  #watch: NodeJS.Timeout | undefined

  constructor(parts: SparePoolParts) {
    this.#parts = parts
  }

  /** From now on so many are kept for tasks like this one. */
  keep(task: SessionTask, isolation: Isolation, wanted: number): void {
    if (this.#closing !== undefined) return
    const stock = this.#stockOf(task, isolation)
    stock.lastUsedAt = this.#parts.clock.now()
    if (stock.wanted === wanted) return
    stock.wanted = wanted
    for (const spare of stock.spares.slice(wanted)) this.#end(stock, spare)
    this.#refillSoon()
  }

  /** Resolves when so many are ready; rejects when none of them can be. */
  async prepare(task: SessionTask, isolation: Isolation, wanted: number): Promise<void> {
    this.keep(task, isolation, wanted)
    const stock = this.#stockOf(task, isolation)
    // Whoever asks wants to know how it is now.
    stock.brokenUntil = 0
    this.#shortUntil = 0
    const filled = stock.filled()
    this.#fill()
    await filled
  }

  /** A worker that is ready for this task; undefined when there is none. */
  take(task: SessionTask, isolation: Isolation): Transport | undefined {
    if (this.#stocks.size === 0) return undefined
    const stock = this.#find(task, isolation)
    const spare = stock?.takeReady()
    if (stock === undefined || spare === undefined) return undefined
    stock.lastUsedAt = this.#parts.clock.now()
    this.#taken++
    // After its task is on its way.
    queueMicrotask(() => this.#refillSoon())
    return this.#handOver(spare)
  }

  /** MB that spares hold, those that are on their way out included. */
  get heldMb(): number {
    let heldMb = 0
    for (const stock of this.#stocks.values()) heldMb += stock.heldMb
    for (const spare of this.#leaving) heldMb += spare.heldMb
    return heldMb
  }

  /** Ends spares, the least recently used first, until so many MB are on their way back; all without a number. */
  giveUp(reason: string, megabytes: number = Number.POSITIVE_INFINITY): void {
    let wantedMb = megabytes - sum([...this.#leaving].map(({ heldMb }) => heldMb))
    let count = 0
    for (const stock of this.#oldestFirst()) {
      for (const spare of stock.spares) {
        if (wantedMb <= 0) break
        wantedMb -= spare.heldMb
        count++
        this.#end(stock, spare)
      }
    }
    if (count === 0) return
    this.#shortUntil = this.#parts.clock.now() + SHORT_FOR_MS
    this.#parts.log(`${count} spare workers are given up: ${reason}`)
  }

  metrics(): SpareMetrics {
    const stocks = [...this.#stocks.values()]
    const ready = sum(stocks.map((stock) => stock.ready))
    return {
      wanted: sum(stocks.map(({ wanted }) => wanted)),
      ready,
      warming: sum(stocks.map(({ warming }) => warming)),
      heldMb: this.heldMb,
      taken: this.#taken,
    }
  }

  /** Resolves when every spare is gone, or has not gone for 4 seconds: a native call in its import holds it. */
  async close(): Promise<void> {
    this.#closing ??= Promise.withResolvers()
    this.#cancelRefill?.()
    for (const stock of this.#stocks.values()) {
      stock.wanted = 0
      for (const spare of stock.spares) this.#end(stock, spare)
      stock.tellFailed(spareFailed('the supervisor is closing'))
    }
    this.#stocks.clear()
    clearInterval(this.#watch)
    if (this.#leaving.size === 0) this.#closing.resolve()
    const cancel = this.#parts.clock.setTimer(CLOSE_TIMEOUT_MS, this.#closing.resolve)
    await this.#closing.promise
    cancel()
  }

  /** There may be room now that was not there before. */
  refill(): void {
    if (this.#cancelRefill === undefined && [...this.#stocks.values()].some(({ missing }) => missing > 0)) {
      this.#refillSoon()
    }
  }

  #stockOf(task: SessionTask, isolation: Isolation): SpareStock {
    const stock = this.#find(task, isolation) ?? this.#createStock(shapeOf(task, isolation), task.limits)
    stock.limits = task.limits
    return stock
  }

  /** Mostly without a key: making one takes 0.02 ms of a task that comes now and then. */
  #find(task: SessionTask, isolation: Isolation): SpareStock | undefined {
    for (const stock of this.#stocks.values()) {
      if (stock.shape.isolation === isolation && isPlainlyOf(stock.shape, task)) return stock
    }
    return this.#stocks.get(keyOfShape(shapeOf(task, isolation)))
  }

  #createStock(shape: SpareShape, limits: SpareLimits): SpareStock {
    const stock = new SpareStock(shape, limits)
    this.#stocks.set(keyOfShape(shape), stock)
    return stock
  }

  #handOver(spare: Spare): Transport {
    return {
      isolation: spare.isolation,
      enforced: true,
      workerId: spare.workerId,
      start: (_start: WorkerStart, listener: WorkerListener) => {
        const handle = spare.take(listener)
        this.#parts.care.handedOver(spare)
        return handle
      },
    }
  }

  #refillSoon(): void {
    if (this.#closing !== undefined) return
    this.#cancelRefill ??= this.#parts.clock.setTimer(REFILL_AFTER_MS, () => {
      this.#cancelRefill = undefined
      this.#fill()
    })
  }

  #fill(): void {
    const now = this.#parts.clock.now()
    if (this.#closing !== undefined || now < this.#shortUntil) return
    for (const stock of this.#stocks.values()) {
      if (now < stock.brokenUntil) continue
      for (let missing = stock.missing; missing > 0; missing--) {
        if (!this.#makeRoom(stock)) return stock.tellFailed(spareFailed('there is no memory left for one'))
        this.#start(stock)
      }
    }
    this.#forgetEmpty()
  }

  #makeRoom(stock: SpareStock): boolean {
    if (this.#all().length >= MOST_SPARES) {
      const [oldest] = this.#oldestFirst().filter((other) => other !== stock && other.spares.length > 0)
      if (oldest === undefined) return false
      oldest.wanted = 0
      for (const spare of oldest.spares) this.#end(oldest, spare)
    }
    return !this.#parts.isMachineShort() && this.#parts.hasRoomFor(WARMING_MB)
  }

  #start(stock: SpareStock): void {
    const { clock, createId, transportOf } = this.#parts
    const spare = new Spare(createId(), stock.shape, stock.limits, clock, this.#observe(stock))
    stock.add(spare)
    this.#watch ??= setInterval(() => this.#look(), LOOK_EVERY_MS).unref()
    spare.start(transportOf(stock.shape.isolation))
  }

  #look(): void {
    if (this.#parts.isMachineShort()) this.giveUp('the machine runs out of memory')
    if (this.#all().length > 0) return
    clearInterval(this.#watch)
    this.#watch = undefined
    this.refill()
  }

  #observe(stock: SpareStock): SpareObserver {
    const { care, clock, log, observer, onGone } = this.#parts
    return {
      starting: (spare) => care.starting(spare),
      started: (spare) => {
        care.started(spare)
        observer.spareCreated(spare)
      },
      ready: (spare) => {
        observer.spareReady(spare)
        stock.tellReady()
      },
      failed: (spare, error) => {
        observer.spareFailed(spare, error)
        stock.brokenUntil = clock.now() + BROKEN_FOR_MS
        stock.tellFailed(spareFailed(error.message, error))
        log(`No spare worker for ${stock.shape.handler.url} for a while: ${error.message}`)
      },
      gone: (spare) => {
        stock.remove(spare)
        this.#leaving.delete(spare)
        care.ended(spare)
        observer.spareGone(spare)
        if (this.#leaving.size === 0) this.#closing?.resolve()
        onGone()
      },
    }
  }

  #end(stock: SpareStock, spare: Spare): void {
    stock.remove(spare)
    this.#leaving.add(spare)
    spare.end()
  }

  #all(): Spare[] {
    return [...[...this.#stocks.values()].flatMap(({ spares }) => spares), ...this.#leaving]
  }

  #oldestFirst(): SpareStock[] {
    return [...this.#stocks.values()].sort((one, other) => one.lastUsedAt - other.lastUsedAt)
  }

  #forgetEmpty(): void {
    for (const [key, stock] of this.#stocks) if (stock.isEmpty) this.#stocks.delete(key)
  }
}

const spareFailed = (message: string, cause?: unknown): SupervisorError =>
  new SupervisorError('SPARE_FAILED', `No spare worker could be made ready: ${message}`, { cause })

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
