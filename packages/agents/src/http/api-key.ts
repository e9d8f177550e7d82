import { AgentOptionError } from '../agent-errors.ts'
import type { Environment } from '../process/program-environment.ts'
import { AgentKeyMissingError } from './http-errors.ts'
import type { HttpProvider, HttpReference } from './http-reference.ts'

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

type Endpoint = Pick<HttpReference, 'provider' | 'apiKeyVariable'>

/** Name of the variable that an agent's key is in; null when it sends none. */
export function keyVariableOf(reference: Endpoint): string | null {
  return reference.apiKeyVariable ?? usualVariables[reference.provider]
}

/** What stands in the way of an agent before it is asked anything: the variable of its key that is not set, or null. */
export function missingKeyOf(reference: Endpoint, environment: Environment): string | null {
  const variable = keyVariableOf(reference)
  return variable === null || (environment[variable] ?? '').trim() !== '' ? null : variable
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
 * @throws AgentOptionError when there is no address, and when a key would travel in the clear to another machine.
 */
export function readBaseUrl(reference: HttpReference): string {
  const written = reference.baseUrl ?? usualUrls[reference.provider]
  if (written === null)
    throw new AgentOptionError(reference.name, 'baseUrl', `${reference.provider} has no address of its own`)
  if (!URL.canParse(written))
    throw new AgentOptionError(reference.name, 'baseUrl', `${JSON.stringify(written)} is not a URL`)
  const url = new URL(written)
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new AgentOptionError(reference.name, 'baseUrl', 'it should be http(s), without a user name or password')
  }
  if (url.protocol === 'http:' && keyVariableOf(reference) !== null && !isThisMachine(url.hostname)) {
    throw new AgentOptionError(
      reference.name,
      'baseUrl',
      `a key is sent over https only, or to this machine, and not to ${written}`,
    )
  }
  return written
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}
