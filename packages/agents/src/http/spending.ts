import { AgentLimitError } from '../agent-limit-error.ts'
import type { AgentLimits } from '../agent-limits.ts'
import type { AgentReport } from '../agent-report.ts'
import { CostUnknownError, UsageUnknownError } from './http-errors.ts'
import type { HttpReference } from './http-reference.ts'
import { type CallUsage, costOf } from './model-price.ts'

type Spent = Pick<AgentReport, 'inputTokens' | 'cachedTokens' | 'outputTokens' | 'costUsd'>

/** What an attempt has used, held against what it may. */
export class Spending {
  readonly #reference: HttpReference
  readonly #limits: Required<AgentLimits>
  #spent: Spent = { inputTokens: null, cachedTokens: null, outputTokens: null, costUsd: null }
  #unreportedCalls = 0

  /** @throws CostUnknownError when a cost limit could not be kept. */
  constructor(reference: HttpReference, limits: Required<AgentLimits>) {
    if (Number.isFinite(limits.maxCostUsd) && reference.price === undefined) {
      throw new CostUnknownError(reference.name, reference.model)
    }
    this.#reference = reference
    this.#limits = limits
  }

  /** What was reported so far. */
  get spent(): Spent {
    return this.#spent
  }

  /** Calls that were made and of which nobody knows what they used: they broke off, or the endpoint does not say. */
  get unreportedCalls(): number {
    return this.#unreportedCalls
  }

  addUnreported(): void {
    this.#unreportedCalls += 1
  }

  /** @throws UsageUnknownError when there is a limit and nothing was reported to hold against it. */
  add(usage: CallUsage): void {
    const isKnown = usage.inputTokens !== null && usage.outputTokens !== null
    if (!isKnown) this.#unreportedCalls += 1
    const { price } = this.#reference
    this.#spent = {
      inputTokens: sum(this.#spent.inputTokens, usage.inputTokens),
      cachedTokens: sum(this.#spent.cachedTokens, usage.cachedTokens),
      outputTokens: sum(this.#spent.outputTokens, usage.outputTokens),
      costUsd: sum(this.#spent.costUsd, price === undefined ? null : costOf(usage, price)),
    }
    if (!isKnown && this.#isLimited()) throw new UsageUnknownError(this.#reference.name)
  }

  /**
   * Tokens that the next answer may have. What the next call reads is not known before it: the last call may exceed a limit
   * by its input.
   *
   * @throws AgentLimitError when nothing is left.
   */
  tokensLeft(): number {
    const { maxTokens, maxCostUsd } = this.#limits
    const tokens = (this.#spent.inputTokens ?? 0) + (this.#spent.outputTokens ?? 0)
    if (tokens >= maxTokens) throw this.#exceeded('maxTokens', maxTokens, `it used ${tokens} tokens`)
    const cost = this.#spent.costUsd ?? 0
    if (cost >= maxCostUsd) throw this.#exceeded('maxCostUsd', maxCostUsd, `it cost ${cost.toFixed(4)} US dollars`)
    const perToken = (this.#reference.price?.outputPerMillion ?? 0) / 1e6
    const affordable = perToken === 0 ? Number.POSITIVE_INFINITY : Math.floor((maxCostUsd - cost) / perToken)
    return Math.max(1, Math.min(maxTokens - tokens, affordable))
  }

  #isLimited(): boolean {
    return Number.isFinite(this.#limits.maxTokens) || Number.isFinite(this.#limits.maxCostUsd)
  }

  #exceeded(limit: 'maxTokens' | 'maxCostUsd', allowed: number, happened: string): AgentLimitError {
    return new AgentLimitError(this.#reference.name, limit, allowed, happened)
  }
}

/** Null and nothing is nothing: an unknown part is not counted as 0, and does not hide what is known. */
function sum(total: number | null, part: number | null): number | null {
  return part === null ? total : (total ?? 0) + part
}
