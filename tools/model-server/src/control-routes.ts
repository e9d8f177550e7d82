import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { sendJson } from './deliver.ts'
import type { ExchangeLog } from './exchange.ts'
import type { LedgerBook } from './ledger.ts'
import { scriptSchema } from './script.ts'
import type { ScriptChoice } from './script-choice.ts'

const queueSchema = z.array(z.union([z.string(), scriptSchema]))

interface Parts {
  readonly choice: ScriptChoice
  readonly book: LedgerBook
  readonly log: ExchangeLog
}

/** What the server's own process offers in code, for those that talk to it over HTTP: below `/-/`. */
export class ControlRoutes {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Whether the path was one of these. */
  answer(request: IncomingMessage, response: ServerResponse, path: string, body: unknown): boolean {
    if (!path.startsWith('/-/')) return false
    const route = `${request.method} ${path}`
    if (route === 'GET /-/ledger') sendJson(response, 200, this.#parts.book.read())
    else if (route === 'GET /-/exchanges') sendJson(response, 200, this.#parts.log.list())
    else if (route === 'POST /-/queue') this.#enqueue(response, body)
    else sendJson(response, 404, { error: 'GET /-/ledger, GET /-/exchanges, POST /-/queue' })
    return true
  }

  #enqueue(response: ServerResponse, body: unknown): void {
    try {
      this.#parts.choice.enqueue(queueSchema.parse(body))
      sendJson(response, 200, {})
    } catch (error) {
      sendJson(response, 400, { error: String(error) })
    }
  }
}
