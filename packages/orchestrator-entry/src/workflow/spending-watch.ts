import type { Claim, RunStore } from '@mayfly/run-store'
import type { RetryDecision } from '../queue/retry-decision.ts'
import { openEnvelope } from '../step/report-envelope.ts'
import type { StepExecution } from '../step-executor.ts'
import { partialReport, type StepReport } from '../step-task.ts'
import {
  type Budget,
  BudgetExhaustedError,
  findOverspent,
  findSpent,
  type Spending,
  type SpentBudget,
  spending,
} from './budget.ts'
import { elapsedMs, parseRunState, type RunState } from './run-state.ts'

/** A timer may fire a moment before the clock says so, in milliseconds. */
const TIMER_SLACK_MS = 5

/** Writes down what an attempt uses while it works, and stops it when its run has nothing left to spend. */
export class SpendingWatch {
  readonly #store: RunStore
  readonly #claim: Claim
  readonly #state: RunState
  /** Nothing comes to it while this attempt has the run. */
  readonly #unattendedMs: number
  #report: Partial<StepReport> | undefined
  #spent: SpentBudget | undefined
  #stop: (reason: string) => void = () => {}

  static async open(store: RunStore, claim: Claim): Promise<SpendingWatch> {
    const state = parseRunState(await store.getState(claim.runId))
    const unattendedMs = state.budget.wallMs === null ? 0 : (await store.usageOf(claim.runId)).unattendedMs
    return new SpendingWatch(store, claim, state, unattendedMs)
  }

  private constructor(store: RunStore, claim: Claim, state: RunState, unattendedMs: number) {
    this.#store = store
    this.#claim = claim
    this.#state = state
    this.#unattendedMs = unattendedMs
  }

  /** What the agent last said of itself. */
  get report(): Partial<StepReport> | undefined {
    return this.#report
  }

  /** Milliseconds that the run has left; undefined: no limit. */
  get leftMs(): number | undefined {
    const { wallMs } = this.#state.budget
    return wallMs === null ? undefined : Math.max(1, wallMs - this.#elapsedMs() + TIMER_SLACK_MS)
  }

  onSpent(stop: (reason: string) => void): void {
    this.#stop = stop
    if (this.#spent !== undefined) this.#stopNow(this.#spent)
  }

  /** A checkpoint of the attempt: what its agent says of itself may come with it. */
  async hear(checkpoint: unknown): Promise<void> {
    const { report } = openEnvelope(checkpoint)
    if (report === undefined) return
    // A worker's word: what is no report is not written, and the attempt goes on.
    const said = partialReport.safeParse(report)
    if (!said.success) return
    this.#report = said.data
    await this.#store.noteUsage(this.#claim, toUsage(said.data))
    if (this.#spent !== undefined || !limitsUsage(this.#state.budget)) return
    const spent = findOverspent(this.#state.budget, await this.#spending())
    if (spent !== undefined) this.#stopNow(spent)
  }

  /** What an attempt that was stopped from here came to. */
  cutShort(execution: StepExecution): StepExecution {
    const { outcome } = execution
    const isOurs = this.#spent !== undefined && execution.result === null && outcome?.status === 'cancelled'
    if (!isOurs || this.#spent === undefined) return execution
    return { ...execution, error: new BudgetExhaustedError(this.#spent, this.#claim.runId) }
  }

  /** Why a step that has failed is not tried again although it could be, or why it was cut short. */
  async whatStops(execution: StepExecution, wanted: RetryDecision | undefined): Promise<SpentBudget | undefined> {
    if (execution.result !== null) return undefined
    if (execution.error instanceof BudgetExhaustedError) return this.#spent
    const isLate = execution.outcome?.cause === 'deadline'
    if (!isLate && wanted?.notBefore == null) return undefined
    return findSpent(this.#state.budget, await this.#spending())
  }

  async #spending(): Promise<Spending> {
    return spending(await this.#store.usageOf(this.#claim.runId), this.#elapsedMs())
  }

  #elapsedMs(): number {
    return elapsedMs(this.#state, this.#claim.run.createdAt, Date.now(), this.#unattendedMs)
  }

  #stopNow(spent: SpentBudget): void {
    this.#spent = spent
    this.#stop(new BudgetExhaustedError(spent, this.#claim.runId).message)
  }
}

const limitsUsage = ({ tokens, costUsd }: Budget): boolean => tokens !== null || costUsd !== null

const toUsage = ({
  sessionId,
  model,
  inputTokens,
  cachedTokens,
  outputTokens,
  costUsd,
  toolCalls,
}: Partial<StepReport>) =>
  Object.fromEntries(
    Object.entries({
      ...{ agentSession: sessionId, model, inputTokens, cachedTokens, outputTokens, costUsd, toolCalls },
    }).filter(([, value]) => value !== undefined),
  )
