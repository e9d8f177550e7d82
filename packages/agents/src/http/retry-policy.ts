/** How often and how patiently a call that failed is made again. */
export interface RetryPolicy {
  /** Beside the first try. */
  readonly retries: number
  /** Milliseconds; doubled from one retry to the next, and made random between half and all of it. */
  readonly firstWaitMs: number
  /** Milliseconds. An endpoint that asks for more patience than this ends the attempt. */
  readonly longestWaitMs: number
}

export const defaultRetryPolicy: RetryPolicy = { retries: 4, firstWaitMs: 1_000, longestWaitMs: 60_000 }

/**
 * Milliseconds to wait before the next try; null when there is to be none.
 *
 * @param tries how many have failed, from 1
 * @param askedMs what the endpoint asked for; null when it did not
 * @param random between 0 and 1
 */
export function waitBefore(tries: number, askedMs: number | null, policy: RetryPolicy, random: number): number | null {
  if (tries > policy.retries) return null
  if (askedMs !== null) return askedMs > policy.longestWaitMs ? null : askedMs
  const longest = Math.min(policy.longestWaitMs, policy.firstWaitMs * 2 ** (tries - 1))
  return Math.round(longest / 2 + (longest / 2) * random)
}

/**
 * Milliseconds that a Retry-After header asks for: seconds, or an HTTP date (RFC 9110, section 10.2.3); `retry-after-ms`, which
 * some endpoints add, is finer and goes first. Null when there is none that can be read.
 */
export function readRetryAfter(headers: Readonly<Record<string, string>> | undefined, now: number): number | null {
  const fine = readNumber(headers?.['retry-after-ms'])
  if (fine !== null) return fine
  const given = headers?.['retry-after']
  const seconds = readNumber(given)
  if (seconds !== null) return seconds * 1_000
  // The name of a day: `Date.parse` takes far more for a date than HTTP does.
  const date = /^\s*[A-Z][a-z]{2,8},? /.test(given ?? '') ? Date.parse(given ?? '') : Number.NaN
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}

function readNumber(given: string | undefined): number | null {
  return given !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(given) ? Number(given) : null
}
