import type { Usage } from './script.ts'

/** US dollars for a million tokens. */
export interface Price {
  readonly input: number
  /** @default the price of input */
  readonly cached?: number
  readonly output: number
}

export interface Tally extends Usage {
  readonly requests: number
  readonly costUsd: number
}

/** What the server has counted, to hold against what a client says. */
export interface Ledger {
  /** Requests to a model, whatever became of them. */
  readonly requests: number
  /** Requests answered with an error, or with something that is no answer. */
  readonly refused: number
  /** Answers that were sent whole. */
  readonly served: Tally
  /** Answers that were begun and never ended: cut, hung, or left by the client. A provider would ask money for them too. */
  readonly unfinished: Tally
  /** What was served, by model. */
  readonly models: Readonly<Record<string, Tally>>
}

/** What became of one request. `open` has not ended; `left` was ended by the client. */
export type Ending = 'open' | 'served' | 'refused' | 'cut' | 'left'

export class LedgerBook {
  readonly #prices: Readonly<Record<string, Price>>
  readonly #models = new Map<string, Tally>()
  #requests = 0
  #refused = 0
  #served = nothing
  #unfinished = nothing

  constructor(prices: Readonly<Record<string, Price>>) {
    this.#prices = prices
  }

  begin(): void {
    this.#requests += 1
  }

  end(ending: Ending, model: string, usage: Usage | null): void {
    if (usage === null) this.#refused += 1
    else if (ending === 'served') this.#serve(model, usage)
    else this.#unfinished = add(this.#unfinished, usage, this.costOf(model, usage))
  }

  /** US dollars; 0 for a model without a price. */
  costOf(model: string, usage: Usage): number {
    const price = this.#prices[model]
    if (price === undefined) return 0
    const fresh = (usage.inputTokens - usage.cachedTokens) * price.input
    return (fresh + usage.cachedTokens * (price.cached ?? price.input) + usage.outputTokens * price.output) / 1e6
  }

  read(): Ledger {
    const models = Object.fromEntries(this.#models)
    return {
      requests: this.#requests,
      refused: this.#refused,
      served: this.#served,
      unfinished: this.#unfinished,
      models,
    }
  }

  #serve(model: string, usage: Usage): void {
    const cost = this.costOf(model, usage)
    this.#served = add(this.#served, usage, cost)
    this.#models.set(model, add(this.#models.get(model) ?? nothing, usage, cost))
  }
}

const nothing: Tally = { requests: 0, inputTokens: 0, cachedTokens: 0, outputTokens: 0, costUsd: 0 }

function add(tally: Tally, usage: Usage, costUsd: number): Tally {
  return {
    requests: tally.requests + 1,
    inputTokens: tally.inputTokens + usage.inputTokens,
    cachedTokens: tally.cachedTokens + usage.cachedTokens,
    outputTokens: tally.outputTokens + usage.outputTokens,
    costUsd: tally.costUsd + costUsd,
  }
}
