import { type ClientName, clientNames } from '../client-name.ts'
import { clientPackages } from '../client-packages.ts'

/** A client to be tried, and which version of it. */
export interface ChosenClient {
  readonly client: ClientName
  readonly version: string
}

/** A choice names no client, or no version of one. */
export class ClientChoiceError extends Error {
  readonly code = 'CLIENT_CHOICE_INVALID'
  override readonly name = 'ClientChoiceError'

  constructor(given: string) {
    const known = clientNames.join(', ')
    super(`${JSON.stringify(given)} is no client to try; expected all, or some of ${known}, with or without @<version>`)
  }
}

/** The two that are fast and that most people have. */
const USUAL = 'claude,codex'

/**
 * Reads `MAYFLY_CLIENTS`: `all`, or names with commas between them, each with a version if it is not to be the usual one
 * (`claude@2.1.332,qwen`).
 *
 * @throws ClientChoiceError
 */
export function parseClientChoice(given: string | undefined): readonly ChosenClient[] {
  const text = (given ?? '').trim() || USUAL
  const names = text === 'all' ? clientNames : text.split(',')
  return names.map((name) => parseOne(name.trim()))
}

const form = /^(?<name>[a-z]+)(?:@(?<version>\d+\.\d+\.\d+(?:-[\w.]+)?))?$/

function parseOne(given: string): ChosenClient {
  const { name, version } = form.exec(given)?.groups ?? {}
  const client = clientNames.find((known) => known === name)
  if (client === undefined) throw new ClientChoiceError(given)
  return { client, version: version ?? clientPackages[client].version }
}
