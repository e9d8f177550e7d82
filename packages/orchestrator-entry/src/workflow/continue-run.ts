import { type FlagEvaluation, resolveWorkers, WorkersDisabledError } from '@mayfly/feature-flags'
import type { RunRecord } from '@mayfly/run-store'
import { inMode } from '../in-mode.ts'
import type { NumberedCall, OrchestratorCore } from '../orchestrator-core.ts'
import type { TakeUpOptions } from '../orchestrator-options.ts'
import type { PromptResult } from '../prompt-result.ts'
import { toResult } from '../prompt-run.ts'
import type { StoreDesk } from '../queue/store-desk.ts'
import { type ApprovalDecision, decideApproval } from './approve-run.ts'
import type { Budget } from './budget.ts'
import { followRun } from './follow-run.ts'
import { endWhole } from './run-worktree.ts'
import { budgetOf, driveWholeRun } from './whole-run.ts'

/** Queues what is unfinished of a whole run, and gives it what this call says that it may spend. */
export const resumeWholeRun = async (
  core: OrchestratorCore,
  call: NumberedCall,
  desk: StoreDesk,
  { runId, status }: RunRecord,
  hold: boolean,
): Promise<RunRecord> => {
  const workflow = await core.shelf.get(desk.store, runId)
  const budget = moreToSpend(budgetOf(call.settings))
  const follow = followRun({ runId, workflow, hold, budget, event: { kind: 'resumed' }, feedback: '' })
  const resumed = await desk.store.advance(runId, follow, { reopen: true })
  core.logger.info(`Run ${runId}, which was ${status}, goes on`)
  desk.wake()
  await endWhole(core, desk, resumed)
  return resumed
}

const moreToSpend = (asked: Budget): Partial<Budget> =>
  Object.fromEntries(Object.entries(asked).filter(([, limit]) => limit !== null))

/** Stays with a whole run that is on record until it has ended or waits for a person. */
export const continueWholeRun = async (
  core: OrchestratorCore,
  call: NumberedCall,
  runId: string,
  options: TakeUpOptions,
): Promise<PromptResult> => {
  const desk = await core.openDesk(call)
  const workflow = await core.shelf.get(desk.store, runId)
  const wantsWorkers = workflow.routes.some(({ executionMode }) => executionMode === 'worker')
  const mayHaveWorkers = mayUseWorkers(call.flag)
  if (wantsWorkers && !mayHaveWorkers)
    core.logger.warn(`Run ${runId} goes on in this process: USE_WORKERS=false keeps its steps from workers`)
  const supervisor = wantsWorkers && mayHaveWorkers ? core.supervisorFor(inMode(call, 'worker')) : undefined
  options.onStart?.({ runId, executionMode: supervisor === undefined ? 'legacy' : 'worker' })
  const run = await driveWholeRun(core, call, supervisor, { runId, workflow, isOwn: true, options })
  return await toResult(core, call, run, undefined)
}

/** Workers that were turned off meanwhile are not missed: every step can be executed in place. */
const mayUseWorkers = (flag: FlagEvaluation): boolean => {
  try {
    return resolveWorkers(flag, 'worker').enabled
  } catch (error) {
    if (error instanceof WorkersDisabledError) return false
    throw error
  }
}

/** Writes down what a person decided, and stays with the run. */
export const approveAndContinue = async (
  core: OrchestratorCore,
  call: NumberedCall,
  runId: string,
  decision: ApprovalDecision,
  options: TakeUpOptions,
): Promise<PromptResult> => {
  await decideApproval(core, call, runId, decision, true)
  return await continueWholeRun(core, call, runId, options)
}
