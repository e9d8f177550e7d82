import { type Acceptance, type ExecutionMode, RunExistsError, type RunRecord } from '@mayfly/run-store'
import type { AgentSupervisor } from '@mayfly/supervisor'
import { classifyTask } from '@mayfly/task-classifier'
import { checkKey } from '../accepted-run.ts'
import { chooseForTeam } from '../agent-choice.ts'
import { detectRuntime } from '../detect-runtime.ts'
import { UsageError } from '../errors.ts'
import type { NumberedCall, OrchestratorCore } from '../orchestrator-core.ts'
import type { PromptOptions } from '../orchestrator-options.ts'
import { type RoutedRun, type RunRequest, routeRun } from '../prepare-run.ts'
import { claimTerms, explicitMemoryMb } from '../queue/claim-terms.ts'
import type { StoreDesk } from '../queue/store-desk.ts'
import { assertKeepable, assertNoThread } from '../restriction/restricted-path.ts'
import { decisions } from '../run-record-writer.ts'
import type { Settings } from '../settings.ts'
import { assertArtifactFolder } from '../store-registry.ts'
import { acceptedWorkflow } from './accept-workflow.ts'
import type { Budget } from './budget.ts'
import { assertCostIsReported } from './cost-reporting.ts'
import { type PreparedWorkflow, prepareWorkflow, routeSteps } from './prepare-workflow.ts'
import { dropWorktree, endWhole, openWorktree } from './run-worktree.ts'
import { inWorkerOfHost } from './step-routing.ts'
import { isWholeRun, type StoredWorkflow } from './stored-workflow.ts'
import { WholeRunDriver } from './whole-run-driver.ts'

/** A prompt whose whole workflow is to be executed. */
export interface WholePrompt {
  readonly call: NumberedCall
  readonly request: RunRequest
  readonly options: PromptOptions
  readonly supervisor: AgentSupervisor | undefined
}

export interface AcceptedWhole {
  readonly acceptance: Acceptance
  readonly workflow: StoredWorkflow
}

/**
 * Checks everything, then accepts the run with all its steps. A refusal writes nothing.
 * @throws UsageError, WorkflowError, InputsError, AgentNotFoundError, AgentOptionError, GatePathError, WorkspaceBusyError
 */
export const acceptWholeRun = async (
  core: OrchestratorCore,
  prompt: WholePrompt,
  hold: boolean,
): Promise<AcceptedWhole> => {
  const { call, request, options } = prompt
  const routed = await routeRun(request)
  const prepared = prepareWorkflow({
    run: routed,
    cwd: request.cwd,
    inputs: options.inputs ?? {},
    choose: (name) => chooseForTeam(request.wishes, name),
  })
  const budget = budgetOf(call.settings)
  assertCostIsReported(budget, prepared)
  const key = checkKey('idempotencyKey', options.idempotencyKey)
  const agents = Object.values(prepared.agents)
  // What is not held for this process is for one that has workers.
  if (hold) assertKeepable(agents, call)
  else assertNoThread(agents, call.settings.isolation)
  const desk = await core.openDesk(call)
  const earlier = key === null ? undefined : await desk.store.findByIdempotencyKey(key)
  if (earlier !== undefined) return await asKnown(core, desk, earlier, prompt)
  // The worktree of that run would be found, and taken for this one's.
  if ((await desk.store.getRun(routed.runId)) !== undefined) throw new RunExistsError(routed.runId)
  assertArtifactFolder(routed.storeFolder, routed.runId)
  const workflow = await toStored(desk, core, prompt, routed, prepared, hold)
  announce(core, routed, prepared)
  const acceptance = await accept(core, desk, prompt, { routed, prepared, workflow, budget, key, hold })
  if (!acceptance.isNew) return await asKnown(core, desk, acceptance.run, prompt)
  desk.wake()
  core.logger.info(`Run ${acceptance.run.runId} accepted: ${workflow.plan.steps.length} steps`)
  await endWhole(core, desk, acceptance.run)
  return { acceptance, workflow }
}

interface AcceptableWhole {
  readonly routed: RoutedRun
  readonly prepared: PreparedWorkflow
  readonly workflow: StoredWorkflow
  readonly budget: Budget
  readonly key: string | null
  readonly hold: boolean
}

const accept = async (
  core: OrchestratorCore,
  desk: StoreDesk,
  { call, options }: WholePrompt,
  given: AcceptableWhole,
): Promise<Acceptance> => {
  const { routed, prepared, workflow, budget, key } = given
  const run = workflow.worktree === null ? routed : { ...routed, cwd: workflow.worktree.folder }
  const acceptance = await desk.store
    .accept({
      ...{ runId: routed.runId, prompt: core.redactor.text(routed.prompt), cwd: run.cwd, hold: given.hold },
      ...decisions(run, runPath(routed, workflow), detectRuntime(call.environment), prepared.reasons),
      ...acceptedWorkflow({ run, workflow, budget, waitsForWorkspace: options.waitForWorkspace === true }),
      idempotencyKey: key,
    })
    .catch(async (error: unknown) => {
      // Of two runs of one name the worktree is the other's by now.
      if (!(error instanceof RunExistsError)) await dropWorktree(routed, workflow)
      throw error
    })
  if (!acceptance.isNew) await dropWorktree(routed, workflow)
  return acceptance
}

/** @throws UsageError `SETTING_INVALID` when the key is that of a run of a first step. */
const asKnown = async (
  core: OrchestratorCore,
  { store }: StoreDesk,
  run: RunRecord,
  { request }: WholePrompt,
): Promise<AcceptedWhole> => {
  const { runId } = run
  if (!isWholeRun(await store.getRequest(runId)))
    throw new UsageError(
      'SETTING_INVALID',
      `Option idempotencyKey: expected a new key, or that of a run of all steps, got that of run ${runId}, which is of a first step only.`,
    )
  core.logger.info(`Run ${runId} was accepted earlier under this idempotency key: no second one is started`)
  if (run.prompt !== core.redactor.text(request.prompt))
    core.logger.warn(`The prompt given with this idempotency key is not that of run ${runId}`)
  return { acceptance: { run, isNew: false, claim: null }, workflow: await core.shelf.get(store, runId) }
}

const announce = ({ logger }: OrchestratorCore, { routing }: RoutedRun, { notes }: PreparedWorkflow): void => {
  logger.info(`Workflow ${routing.workflow}, ${routing.complexity} complexity: ${routing.reason}`)
  for (const note of notes) logger.info(note)
}

const toStored = async (
  desk: StoreDesk,
  core: OrchestratorCore,
  { call, options, request, supervisor }: WholePrompt,
  routed: RoutedRun,
  prepared: PreparedWorkflow,
  hold: boolean,
): Promise<StoredWorkflow> => {
  const { settings, flag } = call
  const { complexity } = routed
  for (const agent of Object.values(prepared.agents)) core.hideSecretsOf(agent)
  const routes = await routeSteps(desk.store, prepared, { flag, mode: settings.mode.value, complexity })
  const deadlineMs = settings.deadlineMs.value
  return {
    version: 2,
    ...{ plan: prepared.plan, agents: prepared.agents, schemas: prepared.schemas },
    inputs: core.redactor.json(prepared.inputs),
    routes: hold ? routes : routes.map(inWorkerOfHost),
    isolation: settings.isolation.value,
    heapLimitMb: settings.heapLimitMb.value ?? null,
    memoryMb: explicitMemoryMb(settings, supervisor),
    timeoutMs: settings.timeoutMs.value,
    graceMs: settings.graceMs.value,
    backoffMs: settings.backoffMs.value,
    attempts: settings.attempts.value ?? null,
    repeatable: options.repeatable ?? null,
    concurrencyKey: checkKey('concurrencyKey', options.concurrencyKey),
    priority: options.priority ?? 0,
    deadlineAt: deadlineMs === undefined ? null : Date.now() + Math.round(deadlineMs),
    contextTokens: settings.contextTokens.value,
    worktree:
      options.worktree === undefined ? null : await openWorktree(routed, request.cwd, options.worktree, core.logger),
  }
}

export const budgetOf = ({ maxTimeMs, maxAttempts, maxTokens, maxCostUsd }: Settings): Budget => ({
  wallMs: maxTimeMs.value ?? null,
  attempts: maxAttempts.value ?? null,
  tokens: maxTokens.value ?? null,
  costUsd: maxCostUsd.value ?? null,
})

/** The mode of a run is that of a step with a worker, if it has one. */
const runPath = ({ prompt, complexity }: RoutedRun, { routes }: StoredWorkflow) => {
  const inWorkers = routes.filter(({ executionMode }) => executionMode === 'worker').length
  const executionMode: ExecutionMode = inWorkers > 0 ? 'worker' : 'legacy'
  return {
    executionMode,
    reason: `each step on its own: ${inWorkers} in workers, ${routes.length - inWorkers} in place`,
    line: '',
    classification: classifyTask(prompt, complexity),
  }
}

/** Stays with a whole run until it has ended or waits for a person. */
export const driveWholeRun = async (
  core: OrchestratorCore,
  call: NumberedCall,
  supervisor: AgentSupervisor | undefined,
  how: {
    readonly runId: string
    readonly workflow: StoredWorkflow
    readonly isOwn: boolean
    readonly options: Pick<PromptOptions, 'onProgress' | 'signal'>
  },
): Promise<RunRecord> => {
  const { runId, workflow, isOwn, options } = how
  const { maxWorkers } = call.settings
  return await new WholeRunDriver(core.runner, core.logger).drive({
    openDesk: () => core.reopenDesk(call),
    ...{ runId, routes: workflow.routes, isOwn },
    hasWorkers: supervisor !== undefined,
    terms: {
      legacy: claimTerms('legacy', call.settings, supervisor),
      worker: claimTerms('worker', call.settings, supervisor),
    },
    mostAtOnce: maxWorkers.value === 'auto' ? MOST_AT_ONCE : maxWorkers.value,
    ...{ signal: options.signal, onProgress: options.onProgress },
    onEnded: (desk, run) => endWhole(core, desk, run),
  })
}

/** Where the supervisor decides how many run; those that wait in its queue cost little. */
const MOST_AT_ONCE = 16
