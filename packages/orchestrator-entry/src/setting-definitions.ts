import { z } from 'zod'
import type { ConfigFile } from './config-file.ts'
import { parseDuration } from './duration.ts'
import type { SettingOptions, Settings } from './setting-types.ts'

/** One setting: where it may be said, and what it may be. */
export interface Definition<Value> {
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

type Definitions = { readonly [Name in keyof Settings]: Definition<Settings[Name]['value']> }

export const definitions: Definitions = {
  mode: {
    option: 'mode',
    commandLine: '--mode',
    environment: 'MAYFLY_MODE',
    file: 'mode',
    schema: z.enum(['auto', 'legacy', 'worker']),
    expected: 'auto, legacy or worker',
    defaultValue: 'auto',
  },
  workflow: {
    option: 'workflow',
    commandLine: '--workflow',
    environment: 'MAYFLY_WORKFLOW',
    file: 'workflow',
    schema: word.optional(),
    expected: 'the name of a workflow, or the path of a workflow file',
    defaultValue: undefined,
    namesCode: (value) => value !== undefined && /[/\\.]/.test(value),
  },
  agent: {
    option: 'agent',
    commandLine: '--agent',
    environment: 'MAYFLY_AGENT',
    file: 'agent',
    schema: word.optional(),
    expected: 'the name of an agent, or the path of an agent module',
    defaultValue: undefined,
    namesCode: (value) => value !== undefined && /[/\\.:]/.test(value),
  },
  agentsFile: {
    option: 'agentsFile',
    commandLine: '--agents-file',
    environment: 'MAYFLY_AGENTS_FILE',
    file: 'agentsFile',
    schema: word.optional(),
    expected: 'the path of a YAML file that describes agents',
    defaultValue: undefined,
    // What it describes are programs.
    namesCode: () => true,
  },
  isolation: {
    option: 'isolation',
    commandLine: '--isolation',
    environment: 'MAYFLY_ISOLATION',
    file: 'isolation',
    schema: z.enum(['thread', 'process', 'auto']),
    expected: 'thread, process or auto',
    defaultValue: 'thread',
  },
  heapLimitMb: {
    option: 'heapLimitMb',
    commandLine: '--heap-limit',
    environment: 'MAYFLY_HEAP_LIMIT_MB',
    file: 'heapLimitMb',
    schema: number(16, 1024 * 1024, false).optional(),
    expected: 'a number of megabytes, at least 16',
    defaultValue: undefined,
  },
  timeoutMs: {
    option: 'timeoutMs',
    commandLine: '--timeout',
    environment: 'MAYFLY_TIMEOUT',
    file: 'timeout',
    schema: duration(1),
    expected: 'a duration such as 90s, 10m, 2h, or milliseconds',
    defaultValue: 600_000,
  },
  maxWorkers: {
    option: 'maxWorkers',
    commandLine: null,
    environment: 'MAYFLY_MAX_WORKERS',
    file: 'maxWorkers',
    schema: z.union([z.literal('auto'), number(1, 1024, true)]),
    expected: 'auto, or a whole number from 1 to 1024',
    defaultValue: 4,
  },
  graceMs: {
    option: 'graceMs',
    commandLine: '--grace',
    environment: 'MAYFLY_GRACE',
    file: 'grace',
    schema: duration(0),
    expected: 'a duration such as 500ms or 5s, or milliseconds',
    defaultValue: 5000,
  },
  attempts: {
    option: 'attempts',
    commandLine: '--attempts',
    environment: 'MAYFLY_ATTEMPTS',
    file: 'attempts',
    schema: number(1, 100, true).optional(),
    expected: 'a whole number from 1 to 100',
    defaultValue: undefined,
  },
  deadlineMs: {
    option: 'deadlineMs',
    commandLine: '--deadline',
    environment: 'MAYFLY_DEADLINE',
    file: 'deadline',
    schema: duration(1).optional(),
    expected: 'a duration such as 90s, 10m, 2h, or milliseconds',
    defaultValue: undefined,
  },
  backoffMs: {
    option: 'backoffMs',
    commandLine: '--backoff',
    environment: 'MAYFLY_BACKOFF',
    file: 'backoff',
    schema: duration(0),
    expected: 'a duration such as 500ms or 5s, or milliseconds',
    defaultValue: 1000,
  },
  leaseMs: {
    option: 'leaseMs',
    commandLine: null,
    environment: 'MAYFLY_LEASE',
    file: 'lease',
    schema: duration(100),
    expected: 'a duration of at least 100ms, such as 15s',
    defaultValue: 15_000,
  },
  maxPerKey: {
    option: 'maxPerKey',
    commandLine: null,
    environment: 'MAYFLY_MAX_PER_KEY',
    file: 'maxPerKey',
    schema: number(1, 1024, true).optional(),
    expected: 'a whole number from 1 to 1024',
    defaultValue: undefined,
  },
  steps: {
    option: 'steps',
    commandLine: '--all-steps',
    environment: 'MAYFLY_STEPS',
    file: 'steps',
    schema: z.enum(['first', 'all']),
    expected: 'first or all',
    defaultValue: 'first',
  },
  maxTimeMs: {
    option: 'maxTimeMs',
    commandLine: '--max-time',
    environment: 'MAYFLY_MAX_TIME',
    file: 'maxTime',
    schema: duration(1).optional(),
    expected: 'a duration such as 90s, 10m, 2h, or milliseconds',
    defaultValue: undefined,
  },
  maxAttempts: {
    option: 'maxAttempts',
    commandLine: '--max-attempts',
    environment: 'MAYFLY_MAX_ATTEMPTS',
    file: 'maxAttempts',
    schema: number(1, 1_000_000, true).optional(),
    expected: 'a whole number from 1 on',
    defaultValue: undefined,
  },
  maxTokens: {
    option: 'maxTokens',
    commandLine: '--max-tokens',
    environment: 'MAYFLY_MAX_TOKENS',
    file: 'maxTokens',
    schema: number(1, Number.MAX_SAFE_INTEGER, true).optional(),
    expected: 'a whole number of tokens from 1 on',
    defaultValue: undefined,
  },
  maxCostUsd: {
    option: 'maxCostUsd',
    commandLine: '--max-cost',
    environment: 'MAYFLY_MAX_COST',
    file: 'maxCost',
    schema: number(0, 1_000_000_000, false).optional(),
    expected: 'a number of US dollars, such as 2.50',
    defaultValue: undefined,
  },
  contextTokens: {
    option: 'contextTokens',
    commandLine: '--context-tokens',
    environment: 'MAYFLY_CONTEXT_TOKENS',
    file: 'contextTokens',
    schema: number(1000, 10_000_000, true),
    expected: 'a whole number of tokens from 1000 on',
    defaultValue: 32_000,
  },
}
