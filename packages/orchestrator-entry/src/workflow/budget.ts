import type { RunUsage } from '@mayfly/run-store'

/** What a run may spend in all; `null`: no limit. */
export interface Budget {
  /** Milliseconds from its acceptance, without the time in which it waits for a person, stands still, or has lost its process. */
  readonly wallMs: number | null
  /** Of all its steps together. */
  readonly attempts: number | null
  /** Into and out of models, cached ones included. */
  readonly tokens: number | null
  /** US dollars. */
  readonly costUsd: number | null
}

export const NO_BUDGET: Budget = { wallMs: null, attempts: null, tokens: null, costUsd: null }

export type BudgetName = keyof Budget

/** A limit that a run has reached. */
export interface SpentBudget {
  readonly name: BudgetName
  readonly limit: number
  readonly spent: number
}

const words: Readonly<Record<BudgetName, (amount: number) => string>> = {
  wallMs: (amount) => `${Math.round(amount / 100) / 10} s`,
  attempts: (amount) => `${amount} attempts`,
  tokens: (amount) => `${amount} tokens`,
  costUsd: (amount) => `$${amount.toFixed(4)}`,
}

const options: Readonly<Record<BudgetName, string>> = {
  wallMs: '--max-time',
  attempts: '--max-attempts',
  tokens: '--max-tokens',
  costUsd: '--max-cost',
}

export const hasLimit = (budget: Budget): boolean => Object.values(budget).some((limit) => limit !== null)

/** What a run has spent so far, by the names of its limits. */
export const spending = (usage: RunUsage, elapsedMs: number): Spending => ({
  wallMs: elapsedMs,
  attempts: usage.attempts,
  tokens: usage.inputTokens + usage.outputTokens,
  costUsd: usage.costUsd,
})

export type Spending = Readonly<Record<BudgetName, number>>

/** The first limit that has been reached: one that is reached exactly leaves nothing for more. */
export const findSpent = (budget: Budget, spent: Spending): SpentBudget | undefined =>
  findLimit(budget, spent, (amount, limit) => amount >= limit)

/** The first limit that has been exceeded: what is at work may spend all of it. */
export const findOverspent = (budget: Budget, spent: Spending): SpentBudget | undefined =>
  findLimit(budget, spent, (amount, limit) => amount > limit)

const findLimit = (
  budget: Budget,
  spent: Spending,
  isOver: (amount: number, limit: number) => boolean,
): SpentBudget | undefined => {
  for (const name of Object.keys(words) as BudgetName[]) {
    const limit = budget[name]
    if (limit !== null && isOver(spent[name], limit)) return { name, limit, spent: spent[name] }
  }
  return undefined
}

/** A run has spent what it was allowed; the work so far is kept. */
export class BudgetExhaustedError extends Error {
  override readonly name = 'BudgetExhaustedError'
  readonly code = 'BUDGET_EXHAUSTED'
  readonly spent: SpentBudget

  constructor(spent: SpentBudget, runId: string) {
    super(describeSpent(spent, runId))
    this.spent = spent
  }
}

/** For the record and for people. */
export const describeSpent = ({ name, limit, spent }: SpentBudget, runId: string): string =>
  `budget_exhausted: ${words[name](spent)} of ${words[name](limit)} are spent (${options[name]}). What was made so far is kept; ` +
  `go on with more: mayfly retry ${runId} ${options[name]} <more>`
