import { randomBytes } from 'node:crypto'
import type { Outcome } from './outcome.ts'
import type { Settlement } from './session-task.ts'

/** How a session ended, with its value or its error. */
export type SessionResult = Settlement

/** The last sessions that have ended; older ones are forgotten, so that memory does not grow with time. */
export class EndedSessions {
  readonly #limit: number
  readonly #results: Map<string, SessionResult> = new Map()

  constructor(limit = 1000) {
    this.#limit = limit
  }

  add(result: SessionResult): void {
    this.#results.set(result.outcome.sessionId, result)
    if (this.#results.size <= this.#limit) return
    const [oldest] = this.#results.keys()
    if (oldest !== undefined) this.#results.delete(oldest)
  }

  get(sessionId: string): SessionResult | undefined {
    return this.#results.get(sessionId)
  }
}

/** How many sessions ended in which way, since the supervisor was made. */
export class OutcomeCounts {
  readonly byCause: Record<string, number> = {}
  readonly byStatus: Record<string, number> = {}

  add({ cause, status }: Outcome): void {
    this.byCause[cause] = (this.byCause[cause] ?? 0) + 1
    this.byStatus[status] = (this.byStatus[status] ?? 0) + 1
  }
}

export const createSessionId = (prefix: 'worker-session' | 'in-process-session'): string =>
  `${prefix}-${Date.now().toString(36)}-${randomBytes(5).toString('hex')}`
