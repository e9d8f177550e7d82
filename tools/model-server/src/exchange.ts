import type { IncomingHttpHeaders } from 'node:http'
import type { Ending } from './ledger.ts'
import type { Protocol } from './protocols/protocol.ts'
import type { Fault, Usage } from './script.ts'

/** One request to a model and what became of it. */
export interface Exchange {
  /** From 1, in the order of arrival. */
  readonly serial: number
  readonly protocol: Protocol['name']
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** The body as it was sent; null when it is no JSON. */
  readonly body: unknown
  readonly model: string
  /** The same for all requests of one conversation: key, model and first words. */
  readonly conversation: string
  readonly fault: Fault | null
  /** HTTP status; null until there is one. */
  readonly status: number | null
  readonly ending: Ending
  /** What the answer costs; null for what is no answer of a model. */
  readonly usage: Usage | null
  /** Whether half of an answer was sent, and no more will be. */
  readonly isHalfSent: boolean
}

interface Waiter {
  readonly isMet: (exchange: Exchange) => boolean
  readonly resolve: (exchange: Exchange) => void
}

/** The latest exchanges. Bounded, so that a server may stand for days. */
export class ExchangeLog {
  readonly #kept = new Map<number, Exchange>()
  readonly #limit: number
  #waiters: readonly Waiter[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Adds an exchange, or replaces the one with its serial. */
  put(exchange: Exchange): void {
    this.#kept.set(exchange.serial, exchange)
    if (this.#kept.size > this.#limit) this.#kept.delete(this.#kept.keys().next().value ?? 0)
    const met = this.#waiters.filter(({ isMet }) => isMet(exchange))
    this.#waiters = this.#waiters.filter((waiter) => !met.includes(waiter))
    for (const { resolve } of met) resolve(exchange)
  }

  list(): readonly Exchange[] {
    return [...this.#kept.values()]
  }

  /** The first exchange, kept or to come, that meets a condition. */
  async find(isMet: (exchange: Exchange) => boolean): Promise<Exchange> {
    const known = this.list().find(isMet)
    if (known !== undefined) return known
    return await new Promise((resolve) => {
      this.#waiters = [...this.#waiters, { isMet, resolve }]
    })
  }
}
