import { evaluateUseWorkers, type FlagEvaluation } from '@mayfly/feature-flags'
import { readConfigFile } from './config-file.ts'
import type { Environment } from './detect-runtime.ts'
import type { OrchestratorOptions, PromptOptions } from './orchestrator-options.ts'
import { checkFolder } from './request-checks.ts'
import { resolveSettings, type Settings } from './settings.ts'

/** What one call knows of its surroundings: read when it is made, not when the module is imported. */
export interface Call {
  readonly cwd: string
  readonly environment: Environment
  readonly settings: Settings
  readonly flag: FlagEvaluation
}

/** @throws UsageError `FOLDER_NOT_FOUND`, `CONFIG_INVALID`, `SETTING_INVALID` */
export const readCall = (base: OrchestratorOptions, options: PromptOptions, warn: (line: string) => void): Call => {
  const cwd = checkFolder(options.cwd ?? base.cwd ?? process.cwd())
  const environment = base.environment ?? process.env
  const file = readConfigFile(cwd)
  const flag = evaluateUseWorkers({ environment, file })
  if (flag.warning !== undefined) warn(flag.warning)
  const settings = resolveSettings({ options: { ...base, ...definedOnly(options) }, environment, file, warn })
  return { cwd, environment, settings, flag }
}

/** An option that is `undefined` was not given. */
export const definedOnly = <Options extends object>(options: Options): Options =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options
