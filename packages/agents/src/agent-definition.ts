import type { AgentLimits } from './agent-limits.ts'
import type { CommandReference } from './agent-reference.ts'
import type { ClientName } from './clients/client-name.ts'
import type { GenericClient } from './clients/generic-client.ts'
import type { Permission } from './clients/permission.ts'
import type { HttpReference } from './http/http-reference.ts'

/**
 * An agent that configuration describes: one of the known clients with settings, another client, a command, a model, or a module of one's
 * own.
 */
export type AgentDefinition =
  | ClientDefinition
  | GenericDefinition
  | CommandDefinition
  | HttpDefinition
  | ModuleDefinition

/** Names of agents and what they are. */
export type AgentDefinitions = Readonly<Record<string, AgentDefinition>>

interface CommonDefinition {
  readonly description?: string
  readonly limits?: AgentLimits
  /** Names of environment variables that it gets beside the usual ones. */
  readonly environment?: readonly string[]
}

export interface ClientDefinition extends CommonDefinition {
  readonly kind: 'client'
  readonly client: ClientName
  /** A name on PATH, or a path. @default the client's usual name */
  readonly executable?: string
  readonly model?: string
  /** @default 'edit' */
  readonly permission?: Permission
}

export interface GenericDefinition extends CommonDefinition, Omit<GenericClient, 'environment'> {
  readonly kind: 'generic'
  /** A name on PATH, or a path. */
  readonly executable: string
  readonly model?: string
  /** @default 'edit' */
  readonly permission?: Permission
  /** Whether its work costs money. @default true */
  readonly paid?: boolean
}

export interface CommandDefinition extends CommonDefinition, Pick<CommandReference, 'prompt' | 'result'> {
  readonly kind: 'command'
  /** The program and its arguments. */
  readonly command: readonly string[]
  /** Whether its work costs money. @default false */
  readonly paid?: boolean
}

export interface ModuleDefinition extends Omit<CommonDefinition, 'limits'> {
  readonly kind: 'module'
  /** The path of an ES module whose default export is a function, from the file that describes it, or a `file:` URL. */
  readonly module: string
  /** @default 'full' */
  readonly permission?: Permission
  /** Whether its work costs money. @default false */
  readonly paid?: boolean
}

export interface HttpDefinition
  extends CommonDefinition,
    Omit<HttpReference, 'kind' | 'name' | 'permission' | 'limits' | 'environment'> {
  readonly kind: 'http'
  /** @default 'edit' */
  readonly permission?: Permission
  /** Whether its work costs money. @default true */
  readonly paid?: boolean
}
