import type {
  AgentDefinition,
  ClientDefinition,
  CommandDefinition,
  GenericDefinition,
  HttpDefinition,
  ModuleDefinition,
} from './agent-definition.ts'
import { AgentUnavailableError } from './agent-errors.ts'
import type { AgentReference, ClientReference, CommandReference, ModuleReference } from './agent-reference.ts'
import { clientFacts } from './clients/client-facts.ts'
import { defaultPermission } from './clients/permission.ts'
import { findExecutable } from './find-executable.ts'
import type { HttpReference } from './http/http-reference.ts'
import { isFile, modulePath, moduleReference } from './module-file.ts'
import type { ResolveOptions } from './resolve-options.ts'

/**
 * Makes a reference of a description; finds its program without running it.
 *
 * @throws AgentUnavailableError
 */
export function resolveDefinition(
  name: string,
  definition: AgentDefinition,
  cwd: string,
  options: ResolveOptions,
): AgentReference {
  switch (definition.kind) {
    case 'client':
      return resolveClient(name, definition, cwd, options)
    case 'generic':
      return resolveGeneric(name, definition, cwd, options)
    case 'command':
      return resolveCommand(name, definition, cwd, options)
    case 'http':
      return resolveHttp(name, definition, options)
    case 'module':
      return resolveModule(name, definition, cwd, options)
  }
}

/** The program that a description needs; undefined for a model behind an endpoint and for a module. */
export function executableOf(definition: AgentDefinition): string | undefined {
  switch (definition.kind) {
    case 'client':
      return definition.executable ?? clientFacts[definition.client].executable
    case 'generic':
      return definition.executable
    case 'command':
      return definition.command[0]
    case 'http':
    case 'module':
      return undefined
  }
}

function locate(name: string, definition: AgentDefinition, cwd: string, options: ResolveOptions): string {
  const executable = executableOf(definition) ?? ''
  const path = findExecutable(executable, options.environment ?? process.env, cwd)
  if (path !== undefined) return path
  throw new AgentUnavailableError(
    name,
    `its program ${JSON.stringify(executable)} is not installed (not found on PATH).`,
  )
}

function resolveClient(
  name: string,
  definition: ClientDefinition,
  cwd: string,
  options: ResolveOptions,
): ClientReference {
  return {
    kind: 'client',
    name,
    client: definition.client,
    command: locate(name, definition, cwd, options),
    ...settings(definition, options),
    ...(definition.environment !== undefined && { environment: definition.environment }),
  }
}

function resolveGeneric(
  name: string,
  definition: GenericDefinition,
  cwd: string,
  options: ResolveOptions,
): ClientReference {
  const { kind: _kind, executable: _executable, paid: _paid, description: _description, ...rest } = definition
  const { model: _model, permission: _permission, limits: _limits, environment, ...generic } = rest
  return {
    kind: 'client',
    name,
    client: 'generic',
    command: locate(name, definition, cwd, options),
    generic,
    ...settings(definition, options),
    ...(environment !== undefined && { environment }),
  }
}

function resolveCommand(
  name: string,
  definition: CommandDefinition,
  cwd: string,
  options: ResolveOptions,
): CommandReference {
  const { prompt, result, environment } = definition
  const limits = limitsOf(definition, options)
  return {
    kind: 'command',
    name,
    command: locate(name, definition, cwd, options),
    arguments: definition.command.slice(1),
    ...(prompt !== undefined && { prompt }),
    ...(result !== undefined && { result }),
    ...(environment !== undefined && { environment }),
    ...(limits !== undefined && { limits }),
  }
}

function resolveHttp(name: string, definition: HttpDefinition, options: ResolveOptions): HttpReference {
  const { kind, description: _description, paid: _paid, ...rest } = definition
  const { permission: _permission, limits: _limits, model, ...endpoint } = rest
  return { kind, name, ...endpoint, ...settings(definition, options), model: options.model ?? model }
}

function resolveModule(
  name: string,
  definition: ModuleDefinition,
  cwd: string,
  options: ResolveOptions,
): ModuleReference {
  const path = modulePath(definition.module, cwd)
  if (!isFile(path)) throw new AgentUnavailableError(name, `its module ${path} is not there.`)
  const permission = options.permission ?? definition.permission
  return {
    ...moduleReference(path, name),
    ...(permission !== undefined && { permission }),
    ...(definition.environment !== undefined && { environment: definition.environment }),
  }
}

type Settings = Pick<ClientReference, 'permission' | 'model' | 'limits'>

/** What is decided for the run comes before what is described. */
function settings(
  definition: ClientDefinition | GenericDefinition | HttpDefinition,
  options: ResolveOptions,
): Settings {
  const model = options.model ?? definition.model
  const limits = limitsOf(definition, options)
  return {
    permission: options.permission ?? definition.permission ?? defaultPermission,
    ...(model !== undefined && { model }),
    ...(limits !== undefined && { limits }),
  }
}

function limitsOf(definition: Exclude<AgentDefinition, ModuleDefinition>, options: ResolveOptions): Settings['limits'] {
  if (definition.limits === undefined && options.limits === undefined) return undefined
  return { ...definition.limits, ...options.limits }
}
