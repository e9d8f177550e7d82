import { type Claim, type ClaimOptions, type ExecutionMode, RunNotFoundError, type RunRecord } from '@mayfly/run-store'
import type { Logger } from '../logger.ts'
import type { AttemptRunner } from '../queue/attempt-runner.ts'
import { leaveRun, requestEnd } from '../queue/leave-run.ts'
import { type ClaimTerms, newClaim } from '../queue/run-driver.ts'
import type { StoreDesk } from '../queue/store-desk.ts'
import type { StepRoute } from './step-routing.ts'

export interface WholeDrive {
  /** Opens the store, also a second time when others have taken over. */
  readonly openDesk: () => Promise<StoreDesk>
  readonly runId: string
  /** By position. */
  readonly routes: readonly StepRoute[]
  /** What is asked for when a step is claimed; steps for a worker are executed in place where there are none. */
  readonly terms: Readonly<Record<ExecutionMode, ClaimTerms>>
  readonly hasWorkers: boolean
  /** How many steps are executed here at one time. */
  readonly mostAtOnce: number
  /** The run is this caller's: when the caller does not want it any more it is cancelled. */
  readonly isOwn: boolean
  /** Its first step, claimed together with its acceptance. */
  readonly claim?: Claim | null
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((value: unknown) => void) | undefined
  /** An attempt that was made here has ended, with the run as it left it. */
  readonly onEnded: (desk: StoreDesk, run: RunRecord) => Promise<void>
}

/** How long the end of an attempt is tried to be written to a full or locked store. Milliseconds. */
const PATIENCE_MS = 10_000

/** Stays with a whole run until it has ended or waits for a person; others may execute steps of it at the same time. */
export class WholeRunDriver {
  readonly #runner: AttemptRunner
  readonly #logger: Logger

  constructor(runner: AttemptRunner, logger: Logger) {
    this.#runner = runner
    this.#logger = logger
  }

  /** @throws RunStoreError; UsageError `ORCHESTRATOR_CLOSED` when this process ends before the run of another does. */
  async drive(drive: WholeDrive): Promise<RunRecord> {
    return await new Driving(this.#runner, this.#logger, drive).untilOver()
  }
}

class Driving {
  readonly #runner: AttemptRunner
  readonly #logger: Logger
  readonly #drive: WholeDrive
  readonly #attempts: Set<Promise<void>> = new Set()
  /** Where all steps are executed alike, what follows a step is claimed with its end: one wait for the disk instead of two. */
  readonly #isUniform: boolean
  /** Counts attempts that have ended: one that ends between a look and the wait for news is news. */
  #ended = 0
  #failure: { readonly error: unknown } | undefined
  #hasSaidWhyItWaits = false

  constructor(runner: AttemptRunner, logger: Logger, drive: WholeDrive) {
    this.#runner = runner
    this.#logger = logger
    this.#drive = drive
    this.#isUniform = !drive.hasWorkers || new Set(drive.routes.map(({ executionMode }) => executionMode)).size === 1
  }

  async untilOver(): Promise<RunRecord> {
    const { openDesk, claim } = this.#drive
    try {
      if (claim != null) this.#begin(await openDesk(), claim)
      for (;;) {
        const over = await this.#lookOnce(await openDesk())
        if (over !== undefined) return over
      }
    } finally {
      await Promise.all(this.#attempts)
    }
  }

  async #lookOnce(desk: StoreDesk): Promise<RunRecord | undefined> {
    const { runId, signal } = this.#drive
    if (this.#failure !== undefined) throw this.#failure.error
    const ended = this.#ended
    const wasInterrupted = desk.isInterrupted
    const run = await desk.store.getRun(runId)
    if (run === undefined) throw new RunNotFoundError(runId)
    if (isOver(run)) return await this.#outlast(run, ended)
    if (desk.isClosing) return await this.#leave(desk, wasInterrupted)
    if (signal?.aborted && run.cancelRequestedAt === null) await requestEnd(desk, this.#drive)
    const nextAt = await this.#claimAll(desk)
    if (this.#ended !== ended || nextAt === 'claimed') return undefined
    await Promise.race([desk.changed(nextAt === null ? undefined : nextAt - Date.now()), ...this.#attempts])
    return undefined
  }

  /** What still runs of a run that has ended comes to its own end first. */
  async #outlast(run: RunRecord, ended: number): Promise<RunRecord | undefined> {
    if (this.#attempts.size === 0 && this.#ended === ended) return run
    await Promise.race(this.#attempts)
    return undefined
  }

  /** What the last attempts here have come to may be the end of the run. */
  async #leave(desk: StoreDesk, wasInterrupted: boolean): Promise<undefined> {
    if (this.#attempts.size > 0) await Promise.all(this.#attempts)
    else await leaveRun(desk, this.#drive.runId, wasInterrupted)
  }

  /** `claimed`: look again at once; else when something may be claimed that cannot be yet. */
  async #claimAll(desk: StoreDesk): Promise<'claimed' | number | null> {
    const { runId, mostAtOnce } = this.#drive
    const free = mostAtOnce - this.#attempts.size
    if (free < 1) return null
    const waiting = await desk.store.listQueue({ runId, state: 'queued', limit: free })
    let nextAt: number | null = null
    let hasClaimed = false
    for (const { step, notBefore } of waiting) {
      const mode = this.#modeOf(step)
      const answer = await desk.store.claim({ ...newClaim(this.#drive.terms[mode]), runId, step })
      if (answer.claim !== null) this.#begin(desk, answer.claim)
      else if (answer.because === 'workspace') this.#sayWhyItWaits()
      hasClaimed ||= answer.claim !== null
      if (notBefore > Date.now()) nextAt = Math.min(nextAt ?? notBefore, notBefore)
    }
    return hasClaimed ? 'claimed' : nextAt
  }

  #wantedNext(mode: ExecutionMode): ClaimOptions | undefined {
    const { terms, runId, signal } = this.#drive
    const isWanted = this.#isUniform && this.#failure === undefined && signal?.aborted !== true
    return isWanted ? { ...newClaim(terms[mode]), runId } : undefined
  }

  #sayWhyItWaits(): void {
    if (this.#hasSaidWhyItWaits) return
    this.#hasSaidWhyItWaits = true
    this.#logger.info(`Run ${this.#drive.runId} waits: another whole run works in its folder`)
  }

  #modeOf(step: number): ExecutionMode {
    return this.#drive.hasWorkers ? (this.#drive.routes[step]?.executionMode ?? 'worker') : 'legacy'
  }

  #begin(desk: StoreDesk, claim: Claim): void {
    const attempt = this.#attempt(desk, claim)
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
      .finally(() => {
        this.#attempts.delete(attempt)
        this.#ended++
      })
    this.#attempts.add(attempt)
  }

  async #attempt(desk: StoreDesk, claim: Claim): Promise<void> {
    const { runId, signal, onProgress, onEnded } = this.#drive
    const mode = this.#modeOf(claim.step)
    const how = { handsBack: false, patienceMs: PATIENCE_MS, signal, onProgress }
    const { run, next } = await this.#runner.run({ desk, claim, mode, ...how, next: () => this.#wantedNext(mode) })
    if (next !== null) this.#begin(desk, next)
    if (run === null) return this.#logger.warn(`Run ${runId} was taken over by another process`)
    await onEnded(desk, run)
  }
}

const isOver = ({ status }: RunRecord): boolean => status !== 'queued' && status !== 'running'
