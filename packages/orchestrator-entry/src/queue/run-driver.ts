import {
  type Claim,
  type ClaimAnswer,
  type ClaimOptions,
  type ExecutionMode,
  RunNotFoundError,
  type RunRecord,
} from '@mayfly/run-store'
import { createSessionId } from '@mayfly/supervisor'
import type { Logger } from '../logger.ts'
import type { StepExecution } from '../step-executor.ts'
import type { AttemptRunner } from './attempt-runner.ts'
import { leaveRun, requestEnd } from './leave-run.ts'
import type { StoreDesk } from './store-desk.ts'
import type { StoredRequest } from './stored-request.ts'
import { WaitingLine } from './waiting-line.ts'

/** Limits and sizes for claims of one kind; the session's id is new for each. */
export type ClaimTerms = Omit<ClaimOptions, 'runId' | 'sessionId'>

export interface Drive {
  /** Opens the store, also a second time when others have taken over. */
  readonly openDesk: () => Promise<StoreDesk>
  readonly runId: string
  readonly mode: ExecutionMode
  readonly terms: ClaimTerms
  /** The run is this caller's: when the caller does not want it any more it is cancelled. */
  readonly isOwn: boolean
  /** Claimed already, together with its acceptance. */
  readonly claim?: Claim | null
  readonly prompt?: string | undefined
  readonly request?: StoredRequest | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((value: unknown) => void) | undefined
}

export interface Driven {
  readonly run: RunRecord
  /** Of the last attempt that this process has made; undefined when it made none. */
  readonly execution: StepExecution | undefined
}

/** How long a run in the foreground waits for a store that is full or locked. Milliseconds. */
const PATIENCE_MS = 10_000

export const newClaim = (terms: ClaimTerms): Omit<ClaimOptions, 'runId'> => ({
  ...terms,
  sessionId: createSessionId(terms.isolation === 'in-process' ? 'in-process-session' : 'worker-session'),
})

/** Stays with one run until it has ended, in this process or in another one that works on it. */
export class RunDriver {
  readonly #runner: AttemptRunner
  readonly #logger: Logger
  readonly #line: WaitingLine = new WaitingLine()

  constructor(runner: AttemptRunner, logger: Logger) {
    this.#runner = runner
    this.#logger = logger
  }

  /** True when nobody waits for room. */
  get hasNobodyWaiting(): boolean {
    return this.#line.isEmpty
  }

  /** @throws RunStoreError; UsageError `ORCHESTRATOR_CLOSED` when this process ends before the run of another does. */
  async drive(drive: Drive): Promise<Driven> {
    let claim = drive.claim ?? null
    let execution: StepExecution | undefined
    for (;;) {
      const desk = await drive.openDesk()
      if (claim !== null) {
        const report = await this.#runner.run({
          ...{ desk, claim, handsBack: false, patienceMs: PATIENCE_MS },
          ...{ mode: drive.mode, prompt: drive.prompt, request: drive.request },
          ...{ signal: drive.signal, onProgress: drive.onProgress },
        })
        execution = report.run === null ? undefined : report.execution
        if (report.run !== null && isOver(report.run)) return { run: report.run, execution }
        if (report.run === null) this.#logger.warn(`Run ${drive.runId} was taken over by another process`)
        claim = null
        continue
      }
      const wasInterrupted = desk.isInterrupted
      const run = await desk.store.getRun(drive.runId)
      if (run === undefined) throw new RunNotFoundError(drive.runId)
      if (isOver(run)) return { run, execution }
      claim = await this.#claim(desk, drive, wasInterrupted)
    }
  }

  /** `null`: look at the run again. */
  async #claim(desk: StoreDesk, drive: Drive, wasInterrupted: boolean): Promise<Claim | null> {
    if (desk.isClosing) return await leave(desk, drive.runId, wasInterrupted)
    if (drive.signal?.aborted) await requestEnd(desk, drive)
    if (this.#line.isEmpty) {
      const answer = await this.#tryClaim(desk, drive)
      if (answer.claim !== null) return answer.claim
      if (!isShortOfRoom(answer)) return await waitForNews(desk, answer)
    }
    return await this.#claimInLine(desk, drive)
  }

  async #claimInLine(desk: StoreDesk, drive: Drive): Promise<Claim | null> {
    const leaveLine = await this.#line.enter()
    try {
      while (!desk.isClosing && !desk.isFenced && drive.signal?.aborted !== true) {
        const answer = await this.#tryClaim(desk, drive)
        if (answer.claim !== null || !isShortOfRoom(answer)) return answer.claim
        await waitForNews(desk, answer)
      }
      return null
    } finally {
      leaveLine()
    }
  }

  async #tryClaim(desk: StoreDesk, { runId, terms }: Drive): Promise<ClaimAnswer> {
    const [waiting] = await desk.store.listQueue({ runId, state: 'queued', limit: 1 })
    const isLate = waiting?.deadlineAt != null && waiting.deadlineAt <= Date.now()
    // What is too late needs no room: it only has to be said.
    const { limits, ...others } = newClaim(terms)
    return await desk.store.claim({ ...others, runId, ...(!isLate && limits !== undefined && { limits }) })
  }
}

const isOver = ({ status }: RunRecord): boolean => status !== 'queued' && status !== 'running'

const isShortOfRoom = ({ because }: ClaimAnswer): boolean => because === 'workers' || because === 'memory'

const waitForNews = async (desk: StoreDesk, { nextAt }: ClaimAnswer): Promise<null> => {
  await desk.changed(nextAt === null ? undefined : nextAt - Date.now())
  return null
}

const leave = async (desk: StoreDesk, runId: string, wasInterrupted: boolean): Promise<null> => {
  await leaveRun(desk, runId, wasInterrupted)
  return null
}
