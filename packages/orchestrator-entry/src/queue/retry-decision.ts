import type { Isolation } from '@mayfly/supervisor'
import type { ErrorClass } from './error-class.ts'

/** Waiting never gets longer than this, in milliseconds. */
const LONGEST_BACKOFF_MS = 60_000

export interface FailedAttempt {
  readonly errorClass: ErrorClass
  readonly isolation: Isolation | null
  readonly attempt: number
  readonly maxAttempts: number
  /** Milliseconds since the epoch; `null`: none. */
  readonly deadlineAt: number | null
  readonly backoffMs: number
  /** Whether this attempt's step may be done again after it was cut short. */
  readonly repeatable: boolean
  /** Whether the queue is to have back what the end of this process cuts short. */
  readonly handsBack: boolean
}

export interface RetryDecision {
  /** When the next attempt may begin, in milliseconds since the epoch; `null`: there is none. */
  readonly notBefore: number | null
  /** For the log and the record. */
  readonly because: string
}

/**
 * Whether a failed attempt is followed by another. Waiting is drawn evenly from nothing to a bound that doubles with each attempt
 * (full jitter): many that failed together do not come back together.
 * @param random from 0 to 1
 */
export const decideRetry = (failed: FailedAttempt, now: number, random: () => number): RetryDecision => {
  const refusal = whyNot(failed)
  if (refusal !== undefined) return { notBefore: null, because: `not tried again: ${refusal}` }
  const { errorClass, attempt, maxAttempts, backoffMs, deadlineAt } = failed
  if (errorClass === 'shutdown') return { notBefore: now, because: 'handed back to the queue: its process ends' }
  const bound = Math.min(LONGEST_BACKOFF_MS, backoffMs * 2 ** (attempt - 1))
  const waitMs = Math.round(random() * bound)
  if (deadlineAt !== null && now + waitMs >= deadlineAt)
    return { notBefore: null, because: 'not tried again: the deadline comes before the next attempt' }
  const where = errorClass === 'memory' ? ' in a process of its own' : ''
  return {
    notBefore: now + waitMs,
    because: `attempt ${attempt + 1} of ${maxAttempts} follows${where} in ${waitMs} ms`,
  }
}

const whyNot = (failed: FailedAttempt): string | undefined => {
  const { errorClass, isolation, attempt, maxAttempts, repeatable, handsBack } = failed
  if (errorClass === 'cancelled') return 'it was cancelled'
  if (errorClass === 'deadline') return 'its deadline has passed'
  if (errorClass === 'budget') return 'the budget of its run is spent'
  if (errorClass === 'invalid') return 'the same would happen again'
  if (errorClass === 'shutdown' && !handsBack) return 'its process ends'
  if (errorClass === 'shutdown' && !repeatable) return 'its process ends, and the step is not repeatable'
  if (attempt >= maxAttempts) return `attempt ${attempt} of ${maxAttempts} was the last`
  if (errorClass === 'memory' && isolation === 'process') return 'it ran out of memory in a process of its own too'
  return undefined
}
