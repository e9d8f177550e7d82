import { APICallError } from 'ai'
import { keyVariableOf } from './api-key.ts'
import { AgentKeyRefusedError, type CallFailure, ModelCallError } from './http-errors.ts'
import type { HttpReference } from './http-reference.ts'
import { readRetryAfter } from './retry-policy.ts'

/** Characters of what an endpoint says of a failure. */
const longestSaying = 500

interface Facts {
  readonly failure: CallFailure
  readonly status: number | null
  readonly isRetryable: boolean
  readonly retryAfterMs: number | null
  readonly said: string
}

/**
 * What a failed call comes to. The SDK's own error is not kept as a cause: it holds the whole request, and would carry
 * prompt and files into every log and record.
 */
export function toCallError(
  reference: HttpReference,
  error: unknown,
  tries: number,
  redact: (text: string) => string,
): ModelCallError | AgentKeyRefusedError {
  const facts = readFacts(error)
  const said = redact(facts.said).slice(0, longestSaying)
  if (facts.status === 401 || facts.status === 403) {
    return new AgentKeyRefusedError(reference.name, keyVariableOf(reference), facts.status, said)
  }
  return new ModelCallError({ agent: reference.name, tries, ...facts }, said)
}

function readFacts(error: unknown): Facts {
  if (APICallError.isInstance(error)) return readCallFacts(error)
  const said = error instanceof Error ? error.message : JSON.stringify(error)
  const stated = error as { readonly isRetryable?: unknown; readonly statusCode?: unknown } | null
  // What is said in the middle of a stream, such as `overloaded_error`, states whether it passes; what cannot be read may.
  const isStatement = typeof stated?.isRetryable === 'boolean'
  return {
    failure: isStatement ? 'unfinished' : 'unreadable',
    status: typeof stated?.statusCode === 'number' ? stated.statusCode : null,
    isRetryable: isStatement ? stated.isRetryable === true : true,
    retryAfterMs: null,
    said,
  }
}

function readCallFacts(error: APICallError): Facts {
  const status = error.statusCode ?? null
  const said = status === null ? causeOf(error) : `${status} ${error.message}`
  const retryAfterMs = readRetryAfter(error.responseHeaders, Date.now())
  if (status === null) return { failure: 'connection', status, isRetryable: true, retryAfterMs, said }
  if (status >= 400) return { failure: 'status', status, isRetryable: passes(status), retryAfterMs, said }
  // The status was good, and then: the answer broke off, or is none.
  const failure = error.cause instanceof TypeError ? 'unfinished' : 'unreadable'
  return { failure, status, isRetryable: true, retryAfterMs, said: `${said} ${causeOf(error)}` }
}

/** Statuses that tell of the moment, not of the request: timeouts, conflicts, too early, too many, and the server's own. */
function passes(status: number): boolean {
  return [408, 409, 425, 429].includes(status) || status >= 500
}

/** `fetch failed` says nothing: what happened stands in the causes. */
function causeOf(error: Error): string {
  const messages: string[] = []
  for (let one: unknown = error; one instanceof Error && messages.length < 4; one = one.cause) {
    const code = (one as NodeJS.ErrnoException).code
    messages.push(code === undefined ? one.message : `${one.message} (${code})`)
  }
  return messages.join(': ')
}
