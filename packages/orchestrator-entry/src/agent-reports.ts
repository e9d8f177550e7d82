import { type AgentListing, listAgents, readAgentDefinitions } from '@mayfly/agents'
import { readConfigFile } from './config-file.ts'
import { withPrefix } from './logger.ts'
import { checkFolder } from './request-checks.ts'
import { resolveSettings, type SettingOptions } from './settings.ts'
import type { Surroundings } from './surroundings.ts'

/**
 * Every agent that is known in a folder, and why one cannot be used. Runs nothing unless versions are asked for.
 * @param versions runs each program with `--version`, for 5 seconds at most
 * @throws AgentDefinitionError; UsageError `SETTING_INVALID`, `CONFIG_INVALID`
 */
export const reportAgents = async (
  { cwd, environment, logger }: Surroundings,
  options: SettingOptions = {},
  versions = false,
): Promise<readonly AgentListing[]> => {
  const file = readConfigFile(checkFolder(cwd))
  const { agentsFile } = resolveSettings({ options, environment, file, warn: withPrefix(logger).warn })
  const definitions = agentsFile.value === undefined ? {} : await readAgentDefinitions(agentsFile.value)
  return await listAgents({ environment, cwd, definitions, versions })
}
