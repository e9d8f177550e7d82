import type { Acceptance, RunRecord } from '@mayfly/run-store'
import { type AgentSupervisor, defaultMemoryBudgetMb, defaults, SupervisorError } from '@mayfly/supervisor'
import { acceptedRun } from './accepted-run.ts'
import { detectRuntime } from './detect-runtime.ts'
import { RunFailedError } from './errors.ts'
import type { ExecutionPath } from './execution-path.ts'
import type { NumberedCall, OrchestratorCore } from './orchestrator-core.ts'
import type { PromptOptions, SubmittedRun } from './orchestrator-options.ts'
import type { PreparedRun } from './prepare-run.ts'
import type { PromptResult } from './prompt-result.ts'
import { claimTerms, explicitMemoryMb } from './queue/claim-terms.ts'
import { newClaim } from './queue/run-driver.ts'
import type { StoreDesk } from './queue/store-desk.ts'
import { storedResult } from './queue/stored-result.ts'
import type { Settings } from './settings.ts'
import { assertArtifactFolder } from './store-registry.ts'

export interface PromptRun {
  readonly call: NumberedCall
  readonly run: PreparedRun
  readonly path: ExecutionPath
  readonly options: PromptOptions
  readonly supervisor: AgentSupervisor | undefined
}

/** Accepts a run and stays with it until it has ended. */
export const executePrompt = async (core: OrchestratorCore, prompt: PromptRun): Promise<PromptResult> => {
  const { call, path, run, options, supervisor } = prompt
  const desk = await core.openDesk(call)
  const terms = claimTerms(path.executionMode, call.settings, supervisor)
  const {
    claim,
    isNew,
    run: accepted,
  } = await accept(core, desk, prompt, {
    hold: true,
    // Whoever waits for room already comes first.
    ...(core.driver.hasNobodyWaiting && { claim: newClaim(terms) }),
  })
  core.logger.info(path.line)
  warnOfUnenforced(core, path, call.settings)
  options.onStart?.({ runId: accepted.runId, executionMode: accepted.executionMode ?? path.executionMode })
  const { run: ended, execution } = await core.driver.drive({
    openDesk: () => core.reopenDesk(call),
    runId: accepted.runId,
    mode: path.executionMode,
    terms,
    isOwn: isNew,
    claim,
    prompt: run.prompt,
    signal: options.signal,
    onProgress: options.onProgress,
  })
  return await toResult(core, call, ended, execution)
}

/** Accepts a run for whichever host works off the queue. */
export const submitPrompt = async (
  core: OrchestratorCore,
  prompt: Omit<PromptRun, 'supervisor'>,
): Promise<SubmittedRun> => {
  assertFits(prompt.call.settings)
  const desk = await core.openDesk(prompt.call)
  const { run, isNew } = await accept(core, desk, { ...prompt, supervisor: undefined }, {})
  return { runId: run.runId, isNew, runRecord: run }
}

/** @throws RunFailedError when it has not completed. */
export const toResult = async (
  core: OrchestratorCore,
  call: NumberedCall,
  run: RunRecord,
  execution: Parameters<typeof storedResult>[2],
): Promise<PromptResult> => {
  const { store } = await core.reopenDesk(call)
  const result = await storedResult(store, run, execution)
  core.logger.info(`Run ${run.runId} ${run.status}`)
  if (run.status === 'waiting' || (run.status === 'completed' && hasResult(result))) return result
  const why = run.error === null ? '' : `: ${run.error.message}`
  throw new RunFailedError(`Run ${run.runId} ${run.status}${why}`, result, execution?.error)
}

/** A step of a whole run may be left out, also the only one. */
const hasResult = ({ step0Result, steps }: PromptResult): boolean =>
  step0Result !== null || steps.length > 1 || steps[0]?.status === 'skipped'

const accept = async (
  core: OrchestratorCore,
  desk: StoreDesk,
  { call, run, path, options, supervisor }: PromptRun,
  how: { hold?: true; claim?: ReturnType<typeof newClaim> },
): Promise<Acceptance> => {
  const { logger, redactor } = core
  const { settings, environment } = call
  const acceptable = acceptedRun({
    run,
    path,
    settings,
    runtime: detectRuntime(environment),
    redactor,
    options,
    memoryMb: path.executionMode === 'worker' ? explicitMemoryMb(settings, supervisor) : null,
  })
  const key = acceptable.idempotencyKey ?? null
  const earlier = key === null ? undefined : await desk.store.findByIdempotencyKey(key)
  // Refused while nothing is written: a repository may come with a link in its place.
  if (earlier === undefined) assertArtifactFolder(run.storeFolder, run.runId)
  logger.info(`Workflow ${run.routing.workflow}, ${run.routing.complexity} complexity: ${run.routing.reason}`)
  const acceptance = await desk.store.accept({ ...acceptable, ...how })
  desk.wake()
  if (acceptance.isNew) logger.info(`Run ${run.runId} accepted`)
  else
    logger.info(`Run ${acceptance.run.runId} was accepted earlier under this idempotency key: no second one is started`)
  if (!acceptance.isNew && acceptance.run.prompt !== acceptable.prompt)
    logger.warn(`The prompt given with this idempotency key is not that of run ${acceptance.run.runId}`)
  return acceptance
}

/** Nothing waits for what can never come. @throws SupervisorError `TASK_EXCEEDS_BUDGET` */
export const assertFits = ({ heapLimitMb }: Settings): void => {
  const neededMb = (heapLimitMb.value ?? 0) + defaults.externalLimitMb
  const budgetMb = defaultMemoryBudgetMb()
  if (heapLimitMb.value === undefined || neededMb <= budgetMb) return
  throw new SupervisorError(
    'TASK_EXCEEDS_BUDGET',
    `The task's limits add up to ${neededMb} MB, but there are ${budgetMb} MB for all; lower its limits.`,
  )
}

const warnOfUnenforced = (
  { logger }: OrchestratorCore,
  { executionMode }: ExecutionPath,
  { heapLimitMb }: Settings,
): void => {
  if (executionMode === 'worker' || heapLimitMb.source === 'default') return
  logger.warn(`The heap limit of ${heapLimitMb.value} MB cannot be enforced in legacy mode; use --mode worker`)
}
