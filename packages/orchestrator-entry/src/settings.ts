import { CONFIG_FILE, type ConfigFile } from './config-file.ts'
import type { Environment } from './detect-runtime.ts'
import { UsageError } from './errors.ts'
import { type Definition, definitions } from './setting-definitions.ts'
import type { Setting, SettingOptions, Settings } from './setting-types.ts'

export type { Setting, SettingOptions, SettingSource, Settings } from './setting-types.ts'

/* Every setting but the flag, parsed once, here. An option beats the environment beats the file beats the default. */

export interface SettingInput {
  readonly options?: SettingOptions
  readonly environment: Environment
  readonly file: ConfigFile
  readonly warn: (line: string) => void
}

/** @throws UsageError `SETTING_INVALID`: what was expected, what came, and where it came from. */
export const resolveSettings = (input: SettingInput): Settings => ({
  mode: resolve(definitions.mode, input),
  workflow: resolve(definitions.workflow, input),
  agent: resolve(definitions.agent, input),
  agentsFile: resolve(definitions.agentsFile, input),
  isolation: resolve(definitions.isolation, input),
  heapLimitMb: resolve(definitions.heapLimitMb, input),
  timeoutMs: resolve(definitions.timeoutMs, input),
  maxWorkers: resolve(definitions.maxWorkers, input),
  graceMs: resolve(definitions.graceMs, input),
  attempts: resolve(definitions.attempts, input),
  deadlineMs: resolve(definitions.deadlineMs, input),
  backoffMs: resolve(definitions.backoffMs, input),
  leaseMs: resolve(definitions.leaseMs, input),
  maxPerKey: resolve(definitions.maxPerKey, input),
  steps: resolve(definitions.steps, input),
  maxTimeMs: resolve(definitions.maxTimeMs, input),
  maxAttempts: resolve(definitions.maxAttempts, input),
  maxTokens: resolve(definitions.maxTokens, input),
  maxCostUsd: resolve(definitions.maxCostUsd, input),
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
