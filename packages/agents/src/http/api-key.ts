import { AgentKeyMissingError, HttpAgentError } from './http-errors.ts'
import type { HttpProvider, HttpReference } from './http-reference.ts'

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

const usualVariables: Readonly<Record<HttpProvider, string | null>> = {
  anthropic: 'ANTHROPIC_API_KEY',
  openai: 'OPENAI_API_KEY',
  'openai-compatible': null,
}

const usualUrls: Readonly<Record<HttpProvider, string | null>> = {
  anthropic: 'https://api.anthropic.com/v1',
  openai: 'https://api.openai.com/v1',
  'openai-compatible': null,
}

/** Name of the variable that an agent's key is in; null when it sends none. */
export function keyVariableOf(reference: HttpReference): string | null {
  return reference.apiKeyVariable ?? usualVariables[reference.provider]
}

/** Names of all variables that an agent needs: the key's, and what its commands get. */
export function httpEnvironment(reference: HttpReference): readonly string[] {
  const key = keyVariableOf(reference)
  return [...(key === null ? [] : [key]), ...(reference.environment ?? [])]
}

/**
 * The key; null for an endpoint that needs none.
 *
 * @throws AgentKeyMissingError when the variable is not set, is empty, or holds what cannot stand in a header. The value is
 * in no message: a header that is refused further down would be quoted with it.
 */
export function readApiKey(reference: HttpReference, environment: Environment): string | null {
  const variable = keyVariableOf(reference)
  if (variable === null) return null
  const key = environment[variable]?.trim()
  if (key === undefined) throw new AgentKeyMissingError(reference.name, variable, 'is not set')
  if (key === '') throw new AgentKeyMissingError(reference.name, variable, 'is empty')
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new AgentKeyMissingError(
      reference.name,
      variable,
      'holds spaces, line breaks or other characters that no key has',
    )
  }
  return key
}

/**
 * Where the endpoint is.
 *
 * @throws HttpAgentError when there is no address, and when a key would travel in the clear to another machine.
 */
export function readBaseUrl(reference: HttpReference): string {
  const written = reference.baseUrl ?? usualUrls[reference.provider]
  if (written === null) throw new HttpAgentError(reference.name, `${reference.provider} needs baseUrl`)
  if (!URL.canParse(written))
    throw new HttpAgentError(reference.name, `baseUrl is not a URL: ${JSON.stringify(written)}`)
  const url = new URL(written)
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new HttpAgentError(reference.name, 'baseUrl should be http(s), without a user name or password')
  }
  if (url.protocol === 'http:' && keyVariableOf(reference) !== null && !isThisMachine(url.hostname)) {
    throw new HttpAgentError(reference.name, `a key is sent over https only, or to this machine; baseUrl is ${written}`)
  }
  return written
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}
