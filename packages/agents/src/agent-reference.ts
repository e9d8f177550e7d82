import type { AgentLimits } from './agent-limits.ts'
import type { ClientName } from './clients/client-name.ts'
import type { GenericClient } from './clients/generic-client.ts'
import type { Permission } from './clients/permission.ts'
import type { HttpReference } from './http/http-reference.ts'

/** Names an agent without loading it; plain data (JSON), so that it can be stored and cross into a worker. */
export type AgentReference = BuiltinReference | ModuleReference | ClientReference | CommandReference | HttpReference

export interface BuiltinReference {
  readonly kind: 'builtin'
  readonly name: string
}

export interface ModuleReference {
  readonly kind: 'module'
  readonly name: string
  /** `file:` URL. */
  readonly url: string
  /** `read` and `edit` need a worker process that Node's permission model restricts; elsewhere it is not loaded. @default 'full' */
  readonly permission?: Permission
  /** Names of environment variables that its worker gets beside the usual ones. Their values are kept out of every record. */
  readonly environment?: readonly string[]
}

/** A coding client that is installed here, run as a program. */
export interface ClientReference {
  readonly kind: 'client'
  readonly name: string
  /** Absolute path of the executable. */
  readonly command: string
  /** Whose arguments and events it has; `generic`: those that `generic` says. */
  readonly client: ClientName | 'generic'
  readonly generic?: GenericClient
  readonly permission: Permission
  /** @default the client's own */
  readonly model?: string
  /** Names of environment variables that it gets beside those it is known to need. Their values are kept out of every record. */
  readonly environment?: readonly string[]
  readonly limits?: AgentLimits
}

/** Any program: a prompt goes in, text comes out. */
export interface CommandReference {
  readonly kind: 'command'
  readonly name: string
  /** Absolute path of the executable. */
  readonly command: string
  /** May hold `{{prompt}}`, `{{prompt_file}}`, `{{result_file}}`, `{{cwd}}` and `{{run_id}}`. */
  readonly arguments: readonly string[]
  /** How it gets the prompt; `argument`: where `{{prompt}}` stands; `file`: MAYFLY_PROMPT_FILE names it. @default 'stdin' */
  readonly prompt?: 'stdin' | 'file' | 'argument'
  /**
   * Where the program leaves its result; `file`: the one that `{{result_file}}` and MAYFLY_RESULT_FILE name. An empty result is a
   * failure, but for `none`, where exit code 0 is enough. @default 'stdout'
   */
  readonly result?: 'stdout' | 'file' | 'none'
  /** Names of environment variables that it gets beside the usual ones. Their values are kept out of every record. */
  readonly environment?: readonly string[]
  readonly limits?: AgentLimits
}
