import { UsageError } from '../errors.ts'
import type { PromptOptions } from '../orchestrator-options.ts'
import { definitions } from '../setting-definitions.ts'
import type { Settings } from '../settings.ts'

const limits = ['maxTimeMs', 'maxAttempts', 'maxTokens', 'maxCostUsd', 'contextTokens'] as const

/**
 * What a run of a first step would not keep to is refused where somebody asks for it: who sets a limit believes in it.
 * @throws UsageError `SETTING_INVALID`
 */
export const refuseWholeOnly = (
  settings: Settings,
  { inputs = {}, waitForWorkspace, worktree }: Pick<PromptOptions, 'inputs' | 'waitForWorkspace' | 'worktree'> = {},
): void => {
  const limit = limits.find((name) => settings[name].source === 'option')
  if (limit !== undefined) throw wholeOnly(limit, definitions[limit].commandLine)
  if (Object.keys(inputs).length > 0) throw wholeOnly('inputs', '--input')
  if (waitForWorkspace === true) throw wholeOnly('waitForWorkspace', '--wait')
  if (worktree !== undefined) throw wholeOnly('worktree', '--worktree')
}

const wholeOnly = (name: string, commandLine: string | null): UsageError =>
  new UsageError(
    'SETTING_INVALID',
    `Option ${name} (${commandLine}): expected a run of all steps (--all-steps), got one of a first step, which does not keep to it.`,
  )
