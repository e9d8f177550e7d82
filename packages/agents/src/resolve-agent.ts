import type { AgentDefinition, AgentDefinitions } from './agent-definition.ts'
import { AgentNotFoundError } from './agent-errors.ts'
import type { AgentReference } from './agent-reference.ts'
import { builtinAgents } from './builtin-agents.ts'
import { clientNames } from './clients/client-name.ts'
import { isFile, modulePath, moduleReference, namesModule } from './module-file.ts'
import { resolveDefinition } from './resolve-definition.ts'
import type { ResolveOptions } from './resolve-options.ts'

/**
 * Finds the agent that a specifier names: a built-in one (`planner`), one that configuration describes, a coding client
 * (`claude`), or an ES module of the user's own (`./agent.mjs`, `/folder/agent.mjs`, `agent.js`, a `file:` URL). A relative path
 * is taken from `cwd`. Nothing is loaded or run.
 *
 * @throws AgentNotFoundError when there is none; its message says what exists and what to write instead.
 * @throws AgentUnavailableError when it is known, but its program is not installed.
 */
export function resolveAgent(specifier: string, cwd: string, options: ResolveOptions = {}): AgentReference {
  if (builtinAgents.some(({ name }) => name === specifier)) return { kind: 'builtin', name: specifier }
  const definition = findDefinition(specifier, options.definitions)
  if (definition !== undefined) return resolveDefinition(specifier, definition, cwd, options)
  if (!namesModule(specifier)) {
    throw new AgentNotFoundError(specifier, `${whatExists(options.definitions)} ${whatToDo}`)
  }
  const path = modulePath(specifier, cwd)
  if (!isFile(path)) throw new AgentNotFoundError(specifier, `there is no file ${path}. ${whatExists()}`)
  return { ...moduleReference(path), ...(options.permission !== undefined && { permission: options.permission }) }
}

/** A client needs no description to be known. */
export function findDefinition(name: string, definitions: AgentDefinitions = {}): AgentDefinition | undefined {
  if (Object.hasOwn(definitions, name)) return definitions[name]
  const client = clientNames.find((known) => known === name)
  return client === undefined ? undefined : { kind: 'client', client }
}

const whatToDo = 'For an agent of your own, give the path of an ES module that exports a function, such as ./agent.mjs.'

function whatExists(definitions: AgentDefinitions = {}): string {
  const configured = Object.keys(definitions)
  return [
    `Built-in agents: ${builtinAgents.map(({ name }) => name).join(', ')}.`,
    `Clients: ${clientNames.join(', ')}.`,
    ...(configured.length === 0 ? [] : [`Configured: ${configured.join(', ')}.`]),
  ].join(' ')
}
