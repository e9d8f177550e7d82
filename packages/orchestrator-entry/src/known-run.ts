import { RunExistsError, type RunRecord, type RunStore } from '@mayfly/run-store'
import { storedRequest } from './accepted-run.ts'
import { environmentFor } from './agent-environment.ts'
import { detectRuntime } from './detect-runtime.ts'
import { RunFailedError } from './errors.ts'
import type { OrchestratorCore } from './orchestrator-core.ts'
import type { PromptResult } from './prompt-result.ts'
import type { PromptRun } from './prompt-run.ts'
import { toResult } from './prompt-run.ts'
import { claimTerms } from './queue/claim-terms.ts'
import type { StoreDesk } from './queue/store-desk.ts'
import { workerPermissions } from './restriction/worker-permissions.ts'
import { decisions, recordEnd, recordStart } from './run-record-writer.ts'
import { executeInProcess, executeInWorker, type RunningStep } from './step-executor.ts'
import { makeArtifactFolder } from './store-registry.ts'

/** Executes the first step of a run that is on record once more. @throws RunExistsError while it has not ended. */
export const executeKnownRun = async (
  core: OrchestratorCore,
  desk: StoreDesk,
  known: RunRecord,
  prompt: PromptRun,
): Promise<PromptResult> => {
  const { runId, step } = prompt.run
  if (known.status === 'running' || known.status === 'queued') throw new RunExistsError(runId)
  const wasQueued = (await desk.store.listQueue({ runId })).some((entry) => entry.step === step.number)
  return wasQueued ? await executeAgain(core, desk, prompt) : await executePastQueue(core, desk, prompt)
}

const executeAgain = async (core: OrchestratorCore, desk: StoreDesk, prompt: PromptRun): Promise<PromptResult> => {
  const { call, run, path, supervisor } = prompt
  const { runId, step, agent } = run
  const { store } = desk
  await store.requeue(runId, { from: step.number, hold: true })
  await store.updateRun(runId, decisions(run, path, detectRuntime(call.environment), { [step.agent]: run.agentReason }))
  const nothingYet = { startedAt: null, endedAt: null, result: null, error: null }
  await store.saveStep({
    runId,
    step: step.number,
    name: step.name,
    agent: agent.name,
    status: 'queued',
    ...nothingYet,
  })
  core.logger.info(path.line)
  const { run: ended, execution } = await core.driver.drive({
    openDesk: () => core.reopenDesk(call),
    runId,
    mode: path.executionMode,
    terms: claimTerms(path.executionMode, call.settings, supervisor),
    isOwn: true,
    prompt: run.prompt,
    request: storedRequest(run, call.settings),
  })
  return await toResult(core, call, ended, execution)
}

/** For runs that a caller has written with `createRun`, or an earlier release. */
const executePastQueue = async (core: OrchestratorCore, desk: StoreDesk, prompt: PromptRun): Promise<PromptResult> => {
  const { call, run, path } = prompt
  const startedAt = Date.now()
  await recordStart(desk.store, run, path, detectRuntime(call.environment), startedAt)
  core.logger.info(`Run ${run.runId} accepted`)
  core.logger.info(path.line)
  const step = await startPastQueue(core, desk.store, prompt)
  const ending = step.ended.then(async (execution): Promise<PromptResult> => {
    const times = { startedAt, endedAt: Date.now() }
    const runRecord = await recordEnd(desk.store, run, path, execution, core.redactor, times)
    const { result, outcome, artifacts, error } = execution
    const { runId, routing } = run
    const known = {
      runId,
      routing,
      step0Result: result,
      runRecord,
      executionMode: path.executionMode,
      steps: await desk.store.listSteps(runId),
      outcome,
      artifacts,
    }
    core.logger.info(`Run ${runId} ${runRecord.status}`)
    if (result !== null) return known
    throw new RunFailedError(`Run ${runId} ${runRecord.status}: ${runRecord.error?.message}`, known, error)
  })
  return await core.trackStep(step, ending)
}

const startPastQueue = async (core: OrchestratorCore, store: RunStore, prompt: PromptRun): Promise<RunningStep> => {
  const { run, path, supervisor } = prompt
  const { settings, environment } = prompt.call
  const { runId, cwd, complexity, step, agent, storeFolder } = run
  core.hideSecretsOf(agent)
  const artifactFolder = makeArtifactFolder(storeFolder, runId)
  const options = {
    task: { runId, prompt: run.prompt, cwd, complexity, step, agent },
    limits: {
      isolation: settings.isolation.value,
      permissions: await workerPermissions({ agent, cwd, storeFolder, runArtifacts: artifactFolder, schema: null }),
      heapLimitMb: settings.heapLimitMb.value,
      timeoutMs: settings.timeoutMs.value,
      graceMs: settings.graceMs.value,
      signal: undefined,
    },
    environment: environmentFor(agent, environment),
    storeFolder,
    artifactFolder,
    store,
    logger: core.logger,
    redactor: core.redactor,
    onProgress: undefined,
    attempt: undefined,
  }
  if (path.executionMode === 'worker') core.openControl(store.bootId)
  return path.executionMode === 'worker' && supervisor !== undefined
    ? executeInWorker(options, supervisor)
    : executeInProcess(options, core.journal)
}
