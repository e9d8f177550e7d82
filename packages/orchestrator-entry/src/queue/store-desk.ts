import type { Recovery, RunStore } from '@mayfly/run-store'
import type { Logger } from '../logger.ts'
import { endWhatIsLeft } from './lost-children.ts'

/** How often the store is asked whether others have written: one read of a counter. Milliseconds. */
const LOOK_MS = 100

/** Waiting for news never takes longer than this, in milliseconds: a lease that runs out writes nothing. */
const LONGEST_WAIT_MS = 1000

/** What a desk tells an attempt. */
export interface WatchedAttempt {
  /** Somebody has asked for its end, from whichever process. */
  cancel(reason: string): void
}

export interface StoreDeskOptions {
  readonly folder: string
  readonly store: RunStore
  readonly leaseMs: number
  readonly logger: Logger
}

/**
 * An opened store, and what this process has going on in it. While an attempt runs or somebody waits, it looks around: for marks
 * of cancellation, for news, and for what lost processes have left.
 */
export class StoreDesk {
  readonly folder: string
  readonly store: RunStore
  readonly #logger: Logger
  readonly #recoverEveryMs: number
  readonly #attempts: Map<string, WatchedAttempt> = new Map()
  readonly #waiting: Set<() => void> = new Set()
  #timer: NodeJS.Timeout | undefined
  #version: number | undefined
  #nextRecovery = 0
  #isLooking = false
  #isClosing = false
  readonly #interrupting: PromiseWithResolvers<void> = Promise.withResolvers()
  #isInterrupted = false

  constructor({ folder, store, leaseMs, logger }: StoreDeskOptions) {
    this.folder = folder
    this.store = store
    this.#logger = logger
    this.#recoverEveryMs = Math.min(5000, Math.max(LOOK_MS, leaseMs / 2))
    store.fenced.addEventListener('abort', () => this.#onFenced(), { once: true })
  }

  get isClosing(): boolean {
    return this.#isClosing
  }

  get isFenced(): boolean {
    return this.store.fenced.aborted
  }

  /** Resolves when, at its end, this process has marked what it leaves. */
  get interrupted(): Promise<void> {
    return this.#interrupting.promise
  }

  get isInterrupted(): boolean {
    return this.#isInterrupted
  }

  /** From now on the attempt hears when its run is to be cancelled. */
  watch(sessionId: string, attempt: WatchedAttempt): void {
    this.#attempts.set(sessionId, attempt)
    this.#keepLooking()
    // Asked for between claim and now: no later change would tell.
    this.#version = undefined
  }

  unwatch(sessionId: string): void {
    this.#attempts.delete(sessionId)
    this.wake()
    this.#keepLooking()
  }

  /** Resolves when something may have changed, or after a second at most; keeps the process alive meanwhile. */
  async changed(atMostMs: number = LONGEST_WAIT_MS): Promise<void> {
    if (this.#isClosing || this.isFenced) return
    const waiting = Promise.withResolvers<void>()
    const timer = setTimeout(waiting.resolve, Math.min(LONGEST_WAIT_MS, Math.max(1, atMostMs)))
    this.#waiting.add(waiting.resolve)
    this.#keepLooking()
    await waiting.promise
    clearTimeout(timer)
    this.#waiting.delete(waiting.resolve)
    this.#keepLooking()
  }

  /** This process has written something that others in it may wait for. */
  wake(): void {
    this.#version = undefined
    for (const resolve of this.#waiting) resolve()
  }

  /** Takes over from lost processes, says so, and ends what they have left running. */
  async recover(): Promise<Recovery> {
    const recovery = await this.store.recoverLost()
    this.#nextRecovery = Date.now() + this.#recoverEveryMs
    for (const { runId } of recovery.interrupted)
      this.#logger.warn(`Run ${runId} was interrupted: the process that worked on it is gone`)
    for (const { runId } of recovery.cancelled) this.#logger.info(`Run ${runId} cancelled: nobody works on it any more`)
    for (const { runId } of recovery.requeued)
      this.#logger.warn(`Run ${runId} waits for another attempt: the process that worked on it is gone`)
    await endWhatIsLeft(this.store, recovery, this.#logger)
    return recovery
  }

  /** What waits is told to look once more; nothing is claimed from now on. */
  beginClosing(): void {
    this.#isClosing = true
    this.wake()
  }

  /** Marks what is unfinished and says so. Synchronous, for exit hooks. */
  interruptOwn(reason: string): void {
    for (const runId of this.store.interruptOwn(reason))
      this.#logger.info(`Run ${runId} marked as interrupted: ${reason}`)
    this.#endWaiting()
  }

  closeSync(): void {
    this.beginClosing()
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#endWaiting()
    this.store.closeSync()
  }

  #endWaiting(): void {
    this.#isInterrupted = true
    this.#interrupting.resolve()
    this.wake()
  }

  #onFenced(): void {
    this.#logger.warn(`Others have taken over the work of this process: it was not heard of for longer than its lease`)
    for (const attempt of this.#attempts.values()) attempt.cancel('another process has taken over')
    this.wake()
  }

  #keepLooking(): void {
    const isNeeded = !this.#isClosing && !this.isFenced && this.#attempts.size + this.#waiting.size > 0
    if (!isNeeded) {
      clearInterval(this.#timer)
      this.#timer = undefined
      return
    }
    this.#timer ??= setInterval(() => void this.#look(), LOOK_MS)
    // An attempt keeps its process alive itself, or, in place, must not.
    if (this.#waiting.size > 0) this.#timer.ref()
    else this.#timer.unref()
  }

  async #look(): Promise<void> {
    if (this.#isLooking || this.#isClosing || this.isFenced) return
    this.#isLooking = true
    try {
      await this.#lookAround()
    } catch (error) {
      // A file that is locked or full for a moment: the next look comes soon.
      if (!this.#isClosing && !this.isFenced) this.#logger.warn(`The run store could not be read: ${String(error)}`)
    } finally {
      this.#isLooking = false
    }
  }

  async #lookAround(): Promise<void> {
    if (Date.now() >= this.#nextRecovery) await this.recover()
    const version = await this.store.dataVersion()
    if (version === this.#version) return
    this.#version = version
    for (const { sessionId, reason } of await this.store.listCancelRequests())
      this.#attempts.get(sessionId)?.cancel(reason)
    for (const resolve of this.#waiting) resolve()
  }
}
