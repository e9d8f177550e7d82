import type { LanguageModel } from 'ai'
import { readBaseUrl } from './api-key.ts'
import type { HttpReference } from './http-reference.ts'

/**
 * The model as the AI SDK knows it. The SDK is imported here, when an agent of this kind runs: it is by far the heaviest
 * thing in the package.
 */
export async function openModel(reference: HttpReference, key: string | null): Promise<LanguageModel> {
  const baseURL = readBaseUrl(reference)
  // It would write its warnings to the console, past every logger.
  globalThis.AI_SDK_LOG_WARNINGS ??= false
  if (reference.provider === 'anthropic') {
    const { createAnthropic } = await import('@ai-sdk/anthropic')
    return createAnthropic({ baseURL, apiKey: key ?? '', fetch: fetchHere })(reference.model)
  }
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
  const keyed = key === null ? {} : { apiKey: key }
  // Without `includeUsage` a stream ends without saying what it used.
  const options = { name: reference.provider, baseURL, includeUsage: true, fetch: fetchHere, ...keyed }
  return createOpenAICompatible(options)(reference.model)
}

/** A redirection is refused: it would take the prompt, and with Anthropic's header the key, to wherever the answer says. */
function fetchHere(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  return fetch(input, { ...init, redirect: 'error' })
}
