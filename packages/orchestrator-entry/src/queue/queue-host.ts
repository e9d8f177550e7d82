import { setTimeout as delay } from 'node:timers/promises'
import { type Claim, type ClaimAnswer, type RunRecord, RunStoreError } from '@mayfly/run-store'
import type { Logger } from '../logger.ts'
import { nameAttempt } from '../workflow/step-names.ts'
import type { AttemptRunner } from './attempt-runner.ts'
import { type ClaimTerms, newClaim } from './run-driver.ts'
import type { StoreDesk } from './store-desk.ts'

export interface QueueHostParts {
  readonly openDesk: () => Promise<StoreDesk>
  readonly runner: AttemptRunner
  /** Read for each claim: the supervisor that they follow may change. */
  readonly terms: () => ClaimTerms
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly onSettled: ((run: RunRecord) => void) | undefined
  /** A run has ended, or waits for a person. */
  readonly onOver: (desk: StoreDesk, run: RunRecord) => Promise<void>
}

/** A store that cannot be used is tried again after this long, in milliseconds. */
const REOPEN_MS = 1000

/** Works off the queue of a store for as long as its process lives: claims what waits, in workers, as far as the limits leave room. */
export class QueueHost {
  readonly #parts: QueueHostParts
  readonly #attempts: Set<Promise<void>> = new Set()

  constructor(parts: QueueHostParts) {
    this.#parts = parts
  }

  /** Resolves when it was told to stop and its last attempt is written down. */
  async serve(): Promise<void> {
    const { signal, logger } = this.#parts
    while (!signal.aborted) {
      try {
        await this.#serveOnce()
      } catch (error) {
        // A full disk, a lock: what was accepted waits in the store, and so does this host.
        if (!(error instanceof RunStoreError) || signal.aborted) throw error
        logger.warn(`The queue cannot be read, trying again: ${error.message}`)
        await delay(REOPEN_MS, undefined, { signal }).catch(() => {})
      }
    }
    await Promise.all(this.#attempts)
  }

  async #serveOnce(): Promise<void> {
    const { signal } = this.#parts
    const desk = await this.#parts.openDesk()
    const stop = (): void => desk.wake()
    signal.addEventListener('abort', stop)
    try {
      while (!signal.aborted && !desk.isClosing && !desk.isFenced) await this.#claimNext(desk)
      if (desk.isClosing) await Promise.all(this.#attempts)
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  async #claimNext(desk: StoreDesk): Promise<void> {
    const answer: ClaimAnswer = await desk.store.claim(newClaim(this.#parts.terms()))
    if (answer.claim === null)
      return await desk.changed(answer.nextAt === null ? undefined : answer.nextAt - Date.now())
    const attempt = this.#attempt(desk, answer.claim).finally(() => this.#attempts.delete(attempt))
    this.#attempts.add(attempt)
  }

  async #attempt(desk: StoreDesk, claim: Claim): Promise<void> {
    const { runner, logger, onSettled } = this.#parts
    const { runId, attempt, maxAttempts } = claim
    logger.info(`${nameAttempt(claim)} of ${maxAttempts} begins`)
    try {
      const patienceMs = Number.POSITIVE_INFINITY
      const { run } = await runner.run({ desk, claim, mode: 'worker', handsBack: true, patienceMs })
      if (run === null) return logger.warn(`Run ${runId} was taken over by another process`)
      logger.info(`Run ${runId} ${run.status}`)
      if (run.status !== 'queued' && run.status !== 'running') await this.#end(desk, run)
      onSettled?.(run)
    } catch (error) {
      logger.warn(`Run ${runId}: the end of attempt ${attempt} could not be written: ${String(error)}`)
    }
  }

  async #end(desk: StoreDesk, run: RunRecord): Promise<void> {
    await this.#parts.onOver(desk, run).catch((error: unknown) => {
      this.#parts.logger.warn(`Run ${run.runId}: what is to be done after its end has failed: ${String(error)}`)
    })
  }
}
