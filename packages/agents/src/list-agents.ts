import type { AgentDefinition, AgentDefinitions } from './agent-definition.ts'
import { builtinAgents } from './builtin-agents.ts'
import { clientFacts } from './clients/client-facts.ts'
import { type ClientName, clientNames } from './clients/client-name.ts'
import { insideVariable } from './clients/inside.ts'
import { findExecutable } from './find-executable.ts'
import { missingKeyOf } from './http/api-key.ts'
import { isFile, modulePath } from './module-file.ts'
import type { Environment } from './process/program-environment.ts'
import { executableOf } from './resolve-definition.ts'

/** An agent that could be used here, or why not. */
export interface AgentListing {
  readonly name: string
  readonly kind: 'builtin' | 'client' | 'command' | 'http' | 'module'
  readonly description: string
  readonly isAvailable: boolean
  /** Why it is not available. */
  readonly reason: string | null
  /** Absolute; null for what is neither a program nor a module. */
  readonly path: string | null
  /** Null: it was not asked for, or the program does not say. */
  readonly version: string | null
  /** Whether its work costs money. */
  readonly isPaid: boolean
}

export interface ListOptions {
  readonly environment: Environment
  /** For programs that are named by a relative path. */
  readonly cwd: string
  /** @default none */
  readonly definitions?: AgentDefinitions
  /** Runs each program with `--version`; takes up to 5 seconds. @default false */
  readonly versions?: boolean
}

/** Every agent that is known here, in the order in which it is looked for. Runs nothing unless versions are asked for. */
export async function listAgents(options: ListOptions): Promise<readonly AgentListing[]> {
  const { definitions = {} } = options
  const clients = clientNames.filter((name) => !Object.hasOwn(definitions, name)).map(knownClient)
  const described = [...Object.entries(definitions), ...clients]
  const listings = await Promise.all(described.map(([name, definition]) => list(name, definition, options)))
  return [...builtinAgents.map(listBuiltin), ...listings]
}

/** Whether an agent's work costs money: clients and endpoints unless their description says otherwise. */
export function isPaid(definition: AgentDefinition): boolean {
  if (definition.kind === 'client') return true
  return definition.paid ?? (definition.kind !== 'command' && definition.kind !== 'module')
}

function knownClient(client: ClientName): [string, AgentDefinition] {
  return [client, { kind: 'client', client, description: clientFacts[client].description }]
}

function listBuiltin({ name, description }: (typeof builtinAgents)[number]): AgentListing {
  const free = { isAvailable: true, reason: null, path: null, version: null, isPaid: false }
  return { name, kind: 'builtin', description, ...free }
}

async function list(name: string, definition: AgentDefinition, options: ListOptions): Promise<AgentListing> {
  const executable = executableOf(definition)
  const path = placeOf(definition, executable, options)
  const reason = obstacle(definition, executable, path, options.environment)
  const isAsked = options.versions === true && executable !== undefined && path !== undefined
  return {
    name,
    kind: definition.kind === 'generic' ? 'client' : definition.kind,
    description: definition.description ?? describe(definition),
    isAvailable: reason === null,
    reason,
    path: path ?? null,
    version: isAsked ? await readVersion(path, options.environment) : null,
    isPaid: isPaid(definition),
  }
}

function placeOf(
  definition: AgentDefinition,
  executable: string | undefined,
  { environment, cwd }: ListOptions,
): string | undefined {
  if (definition.kind === 'module') return modulePath(definition.module, cwd)
  return executable === undefined ? undefined : findExecutable(executable, environment, cwd)
}

function obstacle(
  definition: AgentDefinition,
  executable: string | undefined,
  path: string | undefined,
  environment: Environment,
): string | null {
  if (executable !== undefined && path === undefined) return `${executable} is not on PATH`
  if (definition.kind === 'http') return keyObstacle(missingKeyOf(definition, environment))
  if (definition.kind === 'module' && !isFile(path ?? '')) return `there is no file ${path}`
  if (definition.kind !== 'client') return null
  const variable = insideVariable(definition.client, environment)
  return variable === undefined ? null : `this runs inside it (${variable} is set)`
}

function keyObstacle(variable: string | null): string | null {
  return variable === null ? null : `${variable} is not set`
}

function describe(definition: AgentDefinition): string {
  switch (definition.kind) {
    case 'client':
      return clientFacts[definition.client].description
    case 'http':
      return `${definition.provider} ${definition.model}`
    case 'generic':
      return definition.executable
    case 'command':
      return definition.command.join(' ')
    case 'module':
      return 'a module of your own'
  }
}

async function readVersion(path: string, environment: Environment): Promise<string | null> {
  return await (await import('./read-version.ts')).readVersion(path, environment)
}
