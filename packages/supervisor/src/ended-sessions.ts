import { randomUUID } from 'node:crypto'
import type { TaskError } from './errors.ts'
import { estimateSize } from './messages/value-size.ts'
import type { LogRing } from './session/log-ring.ts'
import type { Outcome } from './session/outcome.ts'
import type { Session } from './session/session.ts'
import type { Settlement } from './session/session-task.ts'

/** How a session ended, with its value or its error. */
export type SessionResult = Settlement

const MOST_SESSIONS = 1000
const MOST_BYTES = 64 * 1024 * 1024
/** An outcome and a stack, roughly. */
const ERROR_BYTES = 4096

/** So much is measured within a few milliseconds, whatever it is made of. */
const CHEAP_BYTES = 1024 * 1024

interface EndedSession {
  readonly result: SessionResult
  readonly log: LogRing | undefined
  readonly bytes: number
}

/**
 * The last sessions that have ended; older ones are forgotten, so that memory does not grow with time: 1,000 of them, and
 * fewer when their values, errors and logs take more than 64 MB together. The last one is always kept.
 */
export class EndedSessions {
  /** Each with its size as it came: its caller may change it afterwards. */
  readonly #results: Map<string, EndedSession> = new Map()
  #bytes = 0

  add(result: SessionResult, { log, resultBytes }: Pick<Session, 'log' | 'resultBytes'>): void {
    const valueBytes = result.ok ? sizeOfValue(result.value, resultBytes) : sizeOfError(result.error)
    const bytes = valueBytes + (log?.bytes ?? 0)
    this.#results.set(result.outcome.sessionId, { result, log, bytes })
    this.#bytes += bytes
    for (const [sessionId, oldest] of this.#results) {
      if (!this.#isOverfull()) return
      this.#results.delete(sessionId)
      this.#bytes -= oldest.bytes
    }
  }

  #isOverfull(): boolean {
    return this.#results.size > 1 && (this.#results.size > MOST_SESSIONS || this.#bytes > MOST_BYTES)
  }

  get(sessionId: string): SessionResult | undefined {
    return this.#results.get(sessionId)?.result
  }

  find(sessionId: string): { readonly log: LogRing | undefined } | undefined {
    return this.#results.get(sessionId)
  }
}

/**
 * A worker has measured its own result; to measure it again would hold up this process for a third of a second with 64 MB of small
 * objects. A small claim is cheap to check, and who lies about a large one makes older results go, no more.
 */
const sizeOfValue = (value: unknown, claimedBytes: number): number => {
  const bytes = estimateSize(value, CHEAP_BYTES)
  if (bytes <= CHEAP_BYTES) return bytes
  return claimedBytes > CHEAP_BYTES ? claimedBytes : MOST_BYTES
}

/** Not by reading its stack, which is only then made into text: that takes longer than all else about a task that never ran. */
const sizeOfError = ({ message, cause }: TaskError): number => ERROR_BYTES + estimateSize([message, cause], MOST_BYTES)

/** How many sessions ended in which way, since the supervisor was made. */
export class OutcomeCounts {
  readonly byCause: Record<string, number> = {}
  readonly byStatus: Record<string, number> = {}

  add({ cause, status }: Outcome): void {
    this.byCause[cause] = (this.byCause[cause] ?? 0) + 1
    this.byStatus[status] = (this.byStatus[status] ?? 0) + 1
  }
}

/** The end of a UUID is random, and Node makes them in advance: a fifth of the price of random bytes. */
export const createSessionId = (prefix: 'worker-session' | 'in-process-session' | 'spare' | 'supervisor'): string =>
  `${prefix}-${Date.now().toString(36)}-${randomUUID().slice(-10)}`
