import { setTimeout as delay } from 'node:timers/promises'
import {
  type CancelAnswer,
  RunNotFoundError,
  RunNotRequeuableError,
  type RunRecord,
  type RunStatus,
  StoreLockedError,
} from '@mayfly/run-store'
import { RunFailedError } from './errors.ts'
import { inMode } from './in-mode.ts'
import type { NumberedCall, OrchestratorCore } from './orchestrator-core.ts'
import type { ServeOptions, TakeUpOptions } from './orchestrator-options.ts'
import type { PromptResult } from './prompt-result.ts'
import { toResult } from './prompt-run.ts'
import { claimTerms } from './queue/claim-terms.ts'
import { QueueHost } from './queue/queue-host.ts'
import { type RunNews, watchRun as watch } from './queue/run-watch.ts'
import type { StoreDesk } from './queue/store-desk.ts'
import { continueWholeRun, resumeWholeRun } from './workflow/continue-run.ts'
import { endWhole } from './workflow/run-worktree.ts'
import { isWholeRun } from './workflow/stored-workflow.ts'
import { hasWorktreeLeft, listUnmerged } from './workflow/unmerged-work.ts'
import { refuseWholeOnly } from './workflow/whole-only.ts'

/* What is done with runs that are on record, from whichever process. */

/** Which ended runs may be taken up again: `resume` what was cut short, `retry` also what went wrong. */
const takenUp: Readonly<Record<'resume' | 'retry', ReadonlySet<RunStatus>>> = {
  resume: new Set(['interrupted']),
  retry: new Set(['interrupted', 'failed', 'cancelled']),
}

export type TakeUp = keyof typeof takenUp

/**
 * Queues what is unfinished of a run again. A run that nobody has begun is taken as it is, but for what a whole one may spend.
 * @throws RunNotRequeuableError; UsageError `SETTING_INVALID` for a limit that a run of a first step does not keep to
 */
export const requeueRun = async (
  core: OrchestratorCore,
  call: NumberedCall,
  runId: string,
  how: TakeUp,
  hold: boolean,
): Promise<RunRecord> => {
  const { desk, run } = await findRun(core, call, runId)
  const isWhole = isWholeRun(await desk.store.getRequest(runId))
  if (run.status !== 'queued' && !takenUp[how].has(run.status)) throw new RunNotRequeuableError(runId, whyNot(run))
  if (!isWhole) refuseWholeOnly(call.settings)
  const { value: attempts, source } = call.settings.attempts
  if (source === 'option' && (isWhole || run.status === 'queued')) core.logger.warn(whyAttemptsStay(run, isWhole))
  if (isWhole) return await resumeWholeRun(core, call, desk, run, hold)
  if (run.status === 'queued') return run
  const requeued = await desk.store.requeue(runId, { hold, ...(attempts !== undefined && { attempts }) })
  core.logger.info(`Run ${runId}, which was ${run.status}, is queued again`)
  desk.wake()
  return requeued
}

/** A limit that does not count is said: it may have been set for all that one process does, so it is not refused. */
const whyAttemptsStay = ({ runId }: RunRecord, isWhole: boolean): string =>
  isWhole
    ? `Run ${runId}: --attempts does not count here, its steps have the attempts that they were accepted with`
    : `Run ${runId} still waits: --attempts does not count here, it has the attempts that it was accepted with`

/** With what can be done instead. */
const whyNot = ({ runId, status }: RunRecord): string => {
  if (status === 'waiting') return `waits for a person (mayfly approve ${runId})`
  if (status === 'running') return `is at work in another process (mayfly runs watch ${runId})`
  return takenUp.retry.has(status) ? `is ${status} (mayfly retry ${runId} makes another attempt)` : `is ${status}`
}

/** Takes a run up again and stays with it until it has ended. */
export const takeUpRun = async (
  core: OrchestratorCore,
  call: NumberedCall,
  runId: string,
  how: TakeUp,
  options: TakeUpOptions,
): Promise<PromptResult> => {
  const known = await finishCompleted(core, call, runId)
  if (known !== undefined) return await toResult(core, call, known, undefined)
  const run = await requeueRun(core, call, runId, how, true)
  const desk = await core.openDesk(call)
  if (isWholeRun(await desk.store.getRequest(runId))) return await continueWholeRun(core, call, runId, options)
  const mode = run.executionMode ?? 'legacy'
  const supervisor = core.supervisorFor(inMode(call, mode))
  options.onStart?.({ runId, executionMode: mode })
  const { run: ended, execution } = await core.driver.drive({
    openDesk: () => core.reopenDesk(call),
    runId,
    mode,
    terms: claimTerms(mode, call.settings, supervisor),
    isOwn: true,
    signal: options.signal,
    onProgress: options.onProgress,
  })
  return await toResult(core, call, ended, execution)
}

/** A process may have died between the end of a run and what was to be done then: its work is brought back from its worktree now. */
const finishCompleted = async (
  core: OrchestratorCore,
  call: NumberedCall,
  runId: string,
): Promise<RunRecord | undefined> => {
  const { desk, run } = await findRun(core, call, runId)
  if (run.status !== 'completed' || !(await hasWorktreeLeft(desk.store, run))) return undefined
  await endWhole(core, desk, run)
  return run
}

/** A run as `resumeAll` has left it. */
export interface ResumedRun extends RunRecord {
  /** What kept it from being taken up, or its work from being brought back from its worktree; `null`: nothing did. */
  readonly problem: string | null
}

/**
 * What was cut short and what nobody has begun, oldest first, and what has completed with its work still in its worktree; several at
 * one time. Resolves to how each ended.
 */
export const resumeAll = async (
  core: OrchestratorCore,
  call: NumberedCall,
  options: TakeUpOptions,
): Promise<readonly ResumedRun[]> => {
  const desk = await core.openExistingDesk(call)
  if (desk === undefined) return []
  const waiting = await findResumable(desk)
  const ended: ResumedRun[] = []
  const next = async (): Promise<void> => {
    for (let runId = waiting.shift(); runId !== undefined; runId = waiting.shift()) {
      options.signal?.throwIfAborted()
      const problem = await takeUpInTurn(core, call, runId, options)
      const run = await (await core.reopenDesk(call)).store.getRun(runId)
      if (run !== undefined) ended.push({ ...run, problem })
    }
  }
  const { value: maxWorkers } = call.settings.maxWorkers
  await Promise.all(Array.from({ length: maxWorkers === 'auto' ? RESUMED_AT_ONCE : maxWorkers }, next))
  return ended
}

/** Resolves to what kept it from being taken up. */
const takeUpInTurn = async (
  core: OrchestratorCore,
  call: NumberedCall,
  runId: string,
  options: TakeUpOptions,
): Promise<string | null> => {
  try {
    await takeUpRun(core, call, runId, 'resume', options)
    return null
  } catch (error) {
    // How it ended stands in its record.
    if (error instanceof RunFailedError) return null
    core.logger.warn(`Run ${runId}: ${String(error)}`)
    return String(error)
  }
}

/** @throws RunNotFoundError */
export const cancelRun = async (
  core: OrchestratorCore,
  call: NumberedCall,
  runId: string,
  reason: string,
): Promise<CancelAnswer> => {
  const { desk } = await findRun(core, call, runId)
  const answer = await desk.store.requestCancel(runId, reason)
  desk.wake()
  return answer
}

export async function* watchRun(
  core: OrchestratorCore,
  call: NumberedCall,
  runId: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<RunNews, void> {
  const { desk } = await findRun(core, call, runId)
  yield* watch(desk, runId, signal)
}

/** Resolves when it was told to stop. @throws WorkersDisabledError */
export const serveQueue = async (core: OrchestratorCore, call: NumberedCall, options: ServeOptions): Promise<void> => {
  const inWorkers = inMode(call, 'worker')
  const supervisor = core.supervisorFor(inWorkers)
  await openWhenFree(core, call)
  const { closing } = core
  const host = new QueueHost({
    openDesk: () => core.reopenDesk(call),
    runner: core.runner,
    terms: () => claimTerms('worker', call.settings, supervisor),
    logger: core.logger,
    signal: options.signal === undefined ? closing : AbortSignal.any([closing, options.signal]),
    onSettled: options.onSettled,
    onOver: (desk, run) => endWhole(core, desk, run),
  })
  core.logger.info(`Serving the queue of ${call.storeFolder}`)
  await host.serve()
  core.logger.info('The queue is served no more')
}

const LOCKED_FOR_MS = 1000

/** A process that was stopped in the middle of a write keeps the store locked until it goes on or is killed: a host waits for that. */
const openWhenFree = async (core: OrchestratorCore, call: NumberedCall): Promise<void> => {
  const { closing } = core
  for (;;) {
    try {
      await core.openDesk(call)
      return
    } catch (error) {
      if (!(error instanceof StoreLockedError) || closing.aborted) throw error
      core.logger.warn(`The queue cannot be read yet, trying again: ${error.message}`)
      await delay(LOCKED_FOR_MS, undefined, { signal: closing }).catch(() => {})
    }
  }
}

const findRun = async (
  core: OrchestratorCore,
  call: NumberedCall,
  runId: string,
): Promise<{ desk: StoreDesk; run: RunRecord }> => {
  const desk = await core.openExistingDesk(call)
  const run = await desk?.store.getRun(runId)
  if (desk === undefined || run === undefined) throw new RunNotFoundError(runId)
  return { desk, run }
}

/** Where the supervisor decides how many run; those that wait here cost little. */
const RESUMED_AT_ONCE = 16

const MOST_RESUMED = 1_000_000

const findResumable = async ({ store, folder }: StoreDesk): Promise<string[]> => {
  const interrupted = await store.listRuns({ status: 'interrupted', limit: MOST_RESUMED })
  const queued = await store.listQueue({ state: 'queued', limit: MOST_RESUMED })
  // What another process holds is that one's to begin.
  const free = queued.filter(({ heldBy }) => heldBy === null).map(({ runId }) => runId)
  const unmerged = (await listUnmerged(store, folder)).map(({ runId }) => runId)
  return [...new Set([...unmerged, ...interrupted.map(({ runId }) => runId).reverse(), ...free])]
}
