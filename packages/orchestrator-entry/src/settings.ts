import type { ModeRequest } from '@mayfly/feature-flags'
import type { IsolationRequest } from '@mayfly/supervisor'
import { z } from 'zod'
import { CONFIG_FILE, type ConfigFile } from './config-file.ts'
import type { Environment } from './detect-runtime.ts'
import { parseDuration } from './duration.ts'
import { UsageError } from './errors.ts'

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
}

interface Definition<Value> {
  readonly option: keyof SettingOptions
  /** The option of the command line; null where it has none. */
  readonly commandLine: string | null
  readonly environment: string
  readonly file: keyof ConfigFile
  readonly schema: z.ZodType<Value>
  readonly expected: string
  readonly defaultValue: Value
  /** True for a value that names code; a file of the repository may not choose that. */
  readonly namesCode?: (value: Value) => boolean
}

const number = (minimum: number, maximum: number, wholeNumber: boolean): z.ZodType<number> => {
  const base = wholeNumber ? z.number().int() : z.number()
  return z.preprocess(textToNumber, base.min(minimum).max(maximum))
}

const textToNumber = (value: unknown): unknown =>
  typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value

const duration = (minimumMs: number): z.ZodType<number> =>
  z.preprocess(
    (value) => (typeof value === 'string' ? parseDuration(value) : value),
    z.number().min(minimumMs).max(Number.MAX_SAFE_INTEGER),
  )

const word = z.string().trim().min(1)

const definitions = {
  mode: {
    option: 'mode',
    commandLine: '--mode',
    environment: 'MAYFLY_MODE',
    file: 'mode',
    schema: z.enum(['auto', 'legacy', 'worker']),
    expected: 'auto, legacy or worker',
    defaultValue: 'auto',
  } satisfies Definition<ModeRequest>,
  workflow: {
    option: 'workflow',
    commandLine: '--workflow',
    environment: 'MAYFLY_WORKFLOW',
    file: 'workflow',
    schema: word.optional(),
    expected: 'the name of a workflow, or the path of a workflow file',
    defaultValue: undefined,
    namesCode: (value: string | undefined) => value !== undefined && /[/\\.]/.test(value),
  } satisfies Definition<string | undefined>,
  agent: {
    option: 'agent',
    commandLine: '--agent',
    environment: 'MAYFLY_AGENT',
    file: 'agent',
    schema: word.optional(),
    expected: 'the name of an agent, or the path of an agent module',
    defaultValue: undefined,
    namesCode: (value: string | undefined) => value !== undefined && /[/\\.:]/.test(value),
  } satisfies Definition<string | undefined>,
  isolation: {
    option: 'isolation',
    commandLine: '--isolation',
    environment: 'MAYFLY_ISOLATION',
    file: 'isolation',
    schema: z.enum(['thread', 'process', 'auto']),
    expected: 'thread, process or auto',
    defaultValue: 'thread',
  } satisfies Definition<IsolationRequest>,
  heapLimitMb: {
    option: 'heapLimitMb',
    commandLine: '--heap-limit',
    environment: 'MAYFLY_HEAP_LIMIT_MB',
    file: 'heapLimitMb',
    schema: number(16, 1024 * 1024, false).optional(),
    expected: 'a number of megabytes, at least 16',
    defaultValue: undefined,
  } satisfies Definition<number | undefined>,
  timeoutMs: {
    option: 'timeoutMs',
    commandLine: '--timeout',
    environment: 'MAYFLY_TIMEOUT',
    file: 'timeout',
    schema: duration(1),
    expected: 'a duration such as 90s, 10m, 2h, or milliseconds',
    defaultValue: 600_000,
  } satisfies Definition<number>,
  maxWorkers: {
    option: 'maxWorkers',
    commandLine: null,
    environment: 'MAYFLY_MAX_WORKERS',
    file: 'maxWorkers',
    schema: z.union([z.literal('auto'), number(1, 1024, true)]),
    expected: 'auto, or a whole number from 1 to 1024',
    defaultValue: 4,
  } satisfies Definition<number | 'auto'>,
  graceMs: {
    option: 'graceMs',
    commandLine: '--grace',
    environment: 'MAYFLY_GRACE',
    file: 'grace',
    schema: duration(0),
    expected: 'a duration such as 500ms or 5s, or milliseconds',
    defaultValue: 5000,
  } satisfies Definition<number>,
  attempts: {
    option: 'attempts',
    commandLine: '--attempts',
    environment: 'MAYFLY_ATTEMPTS',
    file: 'attempts',
    schema: number(1, 100, true).optional(),
    expected: 'a whole number from 1 to 100',
    defaultValue: undefined,
  } satisfies Definition<number | undefined>,
  deadlineMs: {
    option: 'deadlineMs',
    commandLine: '--deadline',
    environment: 'MAYFLY_DEADLINE',
    file: 'deadline',
    schema: duration(1).optional(),
    expected: 'a duration such as 90s, 10m, 2h, or milliseconds',
    defaultValue: undefined,
  } satisfies Definition<number | undefined>,
  backoffMs: {
    option: 'backoffMs',
    commandLine: '--backoff',
    environment: 'MAYFLY_BACKOFF',
    file: 'backoff',
    schema: duration(0),
    expected: 'a duration such as 500ms or 5s, or milliseconds',
    defaultValue: 1000,
  } satisfies Definition<number>,
  leaseMs: {
    option: 'leaseMs',
    commandLine: null,
    environment: 'MAYFLY_LEASE',
    file: 'lease',
    schema: duration(100),
    expected: 'a duration of at least 100ms, such as 15s',
    defaultValue: 15_000,
  } satisfies Definition<number>,
  maxPerKey: {
    option: 'maxPerKey',
    commandLine: null,
    environment: 'MAYFLY_MAX_PER_KEY',
    file: 'maxPerKey',
    schema: number(1, 1024, true).optional(),
    expected: 'a whole number from 1 to 1024',
    defaultValue: undefined,
  } satisfies Definition<number | undefined>,
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
