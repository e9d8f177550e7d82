import { resolve } from 'node:path'
import { evaluateUseWorkers } from '@mayfly/feature-flags'
import {
  type ArtifactRecord,
  assertRunId,
  type EventRecord,
  findStoreFolder,
  type RunRecord,
  type RunStatistics,
  type RunStore,
  type SessionRecord,
  type StepRecord,
} from '@mayfly/run-store'
import { defaults as supervisorDefaults } from '@mayfly/supervisor'
import { readConfigFile } from './config-file.ts'
import { withPrefix } from './logger.ts'
import { checkFolder } from './request-checks.ts'
import { resolveSettings, type SettingOptions } from './settings.ts'
import { type Surroundings, withStore } from './surroundings.ts'
import { type Budget, type Spending, spending } from './workflow/budget.ts'

/* What has happened and what is set, read from the rows and places themselves. Nothing here creates a store. */

/** All that is on record about one run. */
export interface RunReport {
  readonly run: RunRecord
  readonly steps: readonly StepRecord[]
  readonly sessions: readonly SessionRecord[]
  readonly artifacts: readonly ArtifactRecord[]
  readonly events: readonly EventRecord[]
  /** Of a whole run; else `null`. */
  readonly spending: RunSpending | null
}

/** What a whole run has spent, as far as its agents have reported it, and what it may spend. */
export interface RunSpending {
  readonly spent: Spending
  readonly budget: Budget
}

/** Newest first; empty where there is no store. @throws RunStoreError */
export const reportRuns = (surroundings: Surroundings, limit = 50): Promise<readonly RunRecord[]> =>
  withStore(surroundings, async (store) => (await store?.listRuns({ limit })) ?? [])

/** Undefined when there is no such run. @throws RunStoreError, RunIdInvalidError */
export const reportRun = (surroundings: Surroundings, runId: string): Promise<RunReport | undefined> => {
  assertRunId(runId)
  return withStore(surroundings, async (store) => {
    const run = await store?.getRun(runId)
    if (store === undefined || run === undefined) return undefined
    return {
      run,
      steps: await store.listSteps(runId),
      sessions: await store.listSessions(runId),
      artifacts: await store.listArtifacts(runId),
      events: await store.listEvents(runId),
      spending: await readSpending(store, run),
    }
  })
}

const readSpending = async (store: RunStore, { runId, createdAt, endedAt }: RunRecord): Promise<RunSpending | null> => {
  const stored = await store.getState(runId)
  if (stored === null) return null
  const { elapsedMs, parseRunState } = await import('./workflow/run-state.ts')
  const state = parseRunState(stored)
  const usage = await store.usageOf(runId)
  const spent = spending(usage, elapsedMs(state, createdAt, endedAt ?? Date.now(), usage.unattendedMs))
  return { spent, budget: state.budget }
}

/** Undefined where there is no store. @throws RunStoreError */
export const reportStatistics = (surroundings: Surroundings): Promise<RunStatistics | undefined> =>
  withStore(surroundings, async (store) => await store?.stats())

/** One setting or flag, with where its value comes from. */
export interface SettingReport {
  readonly name: string
  readonly value: string | number | boolean | null
  readonly source: 'option' | 'environment' | 'file' | 'default'
  readonly reason: string | null
}

/** What holds where nothing was said and somebody else decides. */
const defaultValues: Readonly<Record<string, number>> = { heapLimitMb: supervisorDefaults.heapLimitMb }
const defaultReasons: Readonly<Record<string, string>> = {
  heapLimitMb: 'lowered until all workers fit this machine',
  workflow: 'the router picks one for the prompt',
  agent: 'the step of the workflow names it',
}

/** @throws UsageError `SETTING_INVALID`, `CONFIG_INVALID` */
export const reportSettings = (
  { cwd, environment, logger }: Surroundings,
  options: SettingOptions = {},
): readonly SettingReport[] => {
  const { warn } = withPrefix(logger)
  const file = readConfigFile(checkFolder(cwd))
  const flag = evaluateUseWorkers({ environment, file })
  if (flag.warning !== undefined) warn(flag.warning)
  const settings = resolveSettings({ options, environment, file, warn })
  const { value, source, reason } = flag
  return [
    { name: 'USE_WORKERS', value, source, reason },
    ...Object.entries(settings).map(([name, setting]) => ({
      name,
      value: setting.value ?? defaultValues[name] ?? null,
      source: setting.source,
      reason: setting.value === undefined ? (defaultReasons[name] ?? null) : null,
    })),
    {
      name: 'storeFolder',
      value: findStoreFolder(resolve(cwd), environment),
      source: environment['MAYFLY_HOME']?.trim() ? 'environment' : 'default',
      reason: null,
    },
  ]
}
