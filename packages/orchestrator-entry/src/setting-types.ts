import type { ModeRequest } from '@mayfly/feature-flags'
import type { IsolationRequest } from '@mayfly/supervisor'

export type SettingSource = 'option' | 'environment' | 'file' | 'default'

export interface Setting<Value> {
  readonly value: Value
  readonly source: SettingSource
}

export interface Settings {
  readonly mode: Setting<ModeRequest>
  /** Name in the catalogue, or path; undefined leaves it to the router. */
  readonly workflow: Setting<string | undefined>
  /** Built-in name or module path; undefined leaves it to the workflow. */
  readonly agent: Setting<string | undefined>
  /** A YAML file that describes agents; undefined: none. */
  readonly agentsFile: Setting<string | undefined>
  /** What a worker is made of. */
  readonly isolation: Setting<IsolationRequest>
  /** MB for each task; undefined is the supervisor's default, 4096 lowered to fit. */
  readonly heapLimitMb: Setting<number | undefined>
  readonly timeoutMs: Setting<number>
  /** `auto` follows the machine and the queue. */
  readonly maxWorkers: Setting<number | 'auto'>
  /** Milliseconds that running tasks get after they were told to end. */
  readonly graceMs: Setting<number>
  /** How many attempts a step gets; undefined leaves it to the step, whose default is 1. */
  readonly attempts: Setting<number | undefined>
  /** Milliseconds from acceptance in which all attempts have to end; undefined: no limit. */
  readonly deadlineMs: Setting<number | undefined>
  /** Milliseconds before a second attempt at most; doubled for each further one, up to a minute. */
  readonly backoffMs: Setting<number>
  /** Milliseconds for which this process keeps what it has claimed when it is not heard of. */
  readonly leaseMs: Setting<number>
  /** How many attempts with one concurrency key may run at one time; undefined: no limit. */
  readonly maxPerKey: Setting<number | undefined>
  /** `first`: only the workflow's first step. `all`: the whole workflow. */
  readonly steps: Setting<'first' | 'all'>
  /** What a whole run may spend: milliseconds without the time in which it waits for a person; undefined: no limit. */
  readonly maxTimeMs: Setting<number | undefined>
  /** Attempts of all its steps together. */
  readonly maxAttempts: Setting<number | undefined>
  /** Tokens into and out of models. */
  readonly maxTokens: Setting<number | undefined>
  /** US dollars. */
  readonly maxCostUsd: Setting<number | undefined>
  /** How large the context that is assembled for an agent may be. */
  readonly contextTokens: Setting<number>
}

/** What a caller may say for one call or one orchestrator; the same names in `Settings`. */
export interface SettingOptions {
  readonly mode?: ModeRequest | undefined
  readonly workflow?: string | undefined
  readonly agent?: string | undefined
  readonly agentsFile?: string | undefined
  readonly isolation?: IsolationRequest | undefined
  /** MB; text is read as in the environment, here and below. */
  readonly heapLimitMb?: number | string | undefined
  readonly timeoutMs?: number | string | undefined
  readonly maxWorkers?: number | string | undefined
  readonly graceMs?: number | string | undefined
  readonly attempts?: number | string | undefined
  readonly deadlineMs?: number | string | undefined
  readonly backoffMs?: number | string | undefined
  readonly leaseMs?: number | string | undefined
  readonly maxPerKey?: number | string | undefined
  readonly steps?: 'first' | 'all' | undefined
  readonly maxTimeMs?: number | string | undefined
  readonly maxAttempts?: number | string | undefined
  readonly maxTokens?: number | string | undefined
  readonly maxCostUsd?: number | string | undefined
  readonly contextTokens?: number | string | undefined
}
