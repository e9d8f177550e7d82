import type { Claim, RunStore } from '@mayfly/run-store'
import { isStale, type PlannedStep } from '@mayfly/workflows'
import { parseRunState } from './run-state.ts'
import { StoredMarks } from './stored-marks.ts'
import type { StoredWorkflow } from './stored-workflow.ts'

/** What the step would build on is being done anew, so its work would not count. */
export class StaleStepError extends Error {
  override readonly name = 'StaleStepError'
  readonly code = 'STEP_STALE'

  constructor({ runId, step }: Pick<Claim, 'runId' | 'step'>) {
    super(`Run ${runId}: what the step at ${step} builds on is being done anew; it begins again after that.`)
  }
}

/**
 * An attempt that follows another one was queued without the scheduler: by a retry, or by whoever took over from a lost host. A step that
 * it needs may have been sent back meanwhile.
 * @throws StaleStepError `STEP_STALE`
 */
export const assertNotStale = async (store: RunStore, { plan }: StoredWorkflow, claim: Claim): Promise<void> => {
  if (claim.attempt === 1) return
  const { runId, step } = claim
  const { needs, onFailure } = plan.steps[step] as PlannedStep
  const wanted = [step, ...needs, ...(onFailure === undefined ? [] : [onFailure.to])]
  const [state, rows] = await Promise.all([store.getState(runId), store.listMarks(runId, wanted)])
  const marks = new Map(rows.map((row) => [row.step, row]))
  const view = { stepAt: (position: number) => marks.get(position), counts: {}, stepsThatAre: () => [] }
  if (isStale(plan, new StoredMarks(view, parseRunState(state)), step)) throw new StaleStepError(claim)
}
