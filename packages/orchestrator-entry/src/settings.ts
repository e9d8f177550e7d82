import type { ModeRequest } from '@mayfly/feature-flags'
import type { IsolationRequest } from '@mayfly/supervisor'
import { CONFIG_FILE, type ConfigFile } from './config-file.ts'
import type { Environment } from './detect-runtime.ts'
import { UsageError } from './errors.ts'
import { type Definition, definitions } from './setting-definitions.ts'

/* Every setting but the flag, parsed once, here. An option beats the environment beats the file beats the default. */

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

export interface SettingInput {
  readonly options?: SettingOptions
  readonly environment: Environment
  readonly file: ConfigFile
  readonly warn: (line: string) => void
}

/** @throws UsageError `SETTING_INVALID`: what was expected, what came, and where it came from. */
export const resolveSettings = (input: SettingInput): Settings => ({
  mode: resolve(definitions.mode, input),
  workflow: resolve<string | undefined>(definitions.workflow, input),
  agent: resolve<string | undefined>(definitions.agent, input),
  isolation: resolve(definitions.isolation, input),
  heapLimitMb: resolve<number | undefined>(definitions.heapLimitMb, input),
  timeoutMs: resolve(definitions.timeoutMs, input),
  maxWorkers: resolve<number | 'auto'>(definitions.maxWorkers, input),
  graceMs: resolve(definitions.graceMs, input),
  attempts: resolve<number | undefined>(definitions.attempts, input),
  deadlineMs: resolve<number | undefined>(definitions.deadlineMs, input),
  backoffMs: resolve(definitions.backoffMs, input),
  leaseMs: resolve(definitions.leaseMs, input),
  maxPerKey: resolve<number | undefined>(definitions.maxPerKey, input),
  steps: resolve(definitions.steps, input),
  maxTimeMs: resolve<number | undefined>(definitions.maxTimeMs, input),
  maxAttempts: resolve<number | undefined>(definitions.maxAttempts, input),
  maxTokens: resolve<number | undefined>(definitions.maxTokens, input),
  maxCostUsd: resolve<number | undefined>(definitions.maxCostUsd, input),
  contextTokens: resolve(definitions.contextTokens, input),
})

const resolve = <Value>(definition: Definition<Value>, input: SettingInput): Setting<Value> => {
  const option = input.options?.[definition.option]
  if (option !== undefined) return { value: parse(definition, option, optionName(definition)), source: 'option' }
  const { environment, file } = definition
  const said = Object.hasOwn(input.environment, environment) ? input.environment[environment] : undefined
  if (said?.trim()) return { value: parse(definition, said, environment), source: 'environment' }
  return fromFile(definition, file, input) ?? { value: definition.defaultValue, source: 'default' }
}

const fromFile = <Value>(
  definition: Definition<Value>,
  key: keyof ConfigFile,
  { file, warn }: SettingInput,
): Setting<Value> | undefined => {
  if (file[key] === undefined) return undefined
  const value = parse(definition, file[key], `${CONFIG_FILE}: ${key}`)
  if (definition.namesCode?.(value) !== true) return { value, source: 'file' }
  warn(
    `${CONFIG_FILE}: ${key} "${value}" names code to run and is ignored; name it on the command line if you trust it`,
  )
  return undefined
}

const optionName = ({ option, commandLine }: Pick<Definition<unknown>, 'option' | 'commandLine'>): string =>
  commandLine === null ? `Option ${option}` : `Option ${option} (${commandLine})`

const parse = <Value>(definition: Definition<Value>, said: unknown, place: string): Value => {
  const result = definition.schema.safeParse(said)
  if (result.success) return result.data
  const shown = JSON.stringify(said)?.slice(0, 80) ?? typeof said
  throw new UsageError('SETTING_INVALID', `${place}: expected ${definition.expected}, got ${shown}.`)
}
