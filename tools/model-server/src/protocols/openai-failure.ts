/** What both of OpenAI's protocols answer when something is wrong. */
export function openaiFailure(status: number, message: string): unknown {
  const [type, code] = kinds[status] ?? ['server_error', null]
  return { error: { message, type, param: null, code } }
}

const kinds: Readonly<Record<number, readonly [type: string, code: string | null]>> = {
  400: ['invalid_request_error', null],
  401: ['invalid_request_error', 'invalid_api_key'],
  404: ['invalid_request_error', 'model_not_found'],
  429: ['requests', 'rate_limit_exceeded'],
}
