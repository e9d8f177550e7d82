import type { AgentLimits } from '../agent-limits.ts'
import type { Permission } from '../clients/permission.ts'
import type { ModelPrice } from './model-price.ts'
import type { RetryPolicy } from './retry-policy.ts'

/** `openai` is `openai-compatible` with OpenAI's own address and variable. */
export type HttpProvider = 'anthropic' | 'openai' | 'openai-compatible'

/** A model behind an HTTP endpoint. Plain data: the key itself is never in it. */
export interface HttpReference {
  readonly kind: 'http'
  readonly name: string
  readonly provider: HttpProvider
  readonly model: string
  /** With the version, as in `https://api.anthropic.com/v1`. @default the provider's own; `openai-compatible` has none */
  readonly baseUrl?: string
  /** Name of the environment variable with the key. @default ANTHROPIC_API_KEY, OPENAI_API_KEY; `openai-compatible`: no key is sent */
  readonly apiKeyVariable?: string
  /** `read`: list, read and search files. `edit`: also write them. `full`: also run the commands of `commands`. */
  readonly permission: Permission
  readonly limits?: AgentLimits
  /** Calls of the model in one attempt. @default 50 */
  readonly maxSteps?: number
  /** Tokens of one answer. @default 8192 */
  readonly maxOutputTokens?: number
  /** @default 4 retries, waiting 1 s at first and 60 s at most */
  readonly retry?: Partial<RetryPolicy>
  /** Without it the cost is not known: it is reported as null, and a cost limit is refused. */
  readonly price?: ModelPrice
  /** What `run_command` may start: these argv; one that ends in `...` stands for any that begins so. @default none */
  readonly commands?: readonly (readonly string[])[]
  /** Milliseconds for one command. @default 120000 */
  readonly commandTimeoutMs?: number
  /** Names of environment variables that commands get beside the usual ones; never the key's. @default none */
  readonly environment?: readonly string[]
}

export const httpDefaults = { maxSteps: 50, maxOutputTokens: 8_192, commandTimeoutMs: 120_000 } as const
