import type { AdvanceOptions, Follow, Following } from './follow.ts'
import { followRun } from './follow-run.ts'
import { readProgress, statusOf } from './run-progress.ts'
import type { RunPatch, RunRecord } from './run-record.ts'
import { hasEnded } from './run-status.ts'
import { forgetCancellation } from './sql/run-table.ts'
import { type StoreContext, write } from './store-context.ts'
import { RunNotRequeuableError } from './store-error.ts'

/** Moves a run on past any attempt: a person has decided, or it is taken up again. */
export function advanceRun(
  context: StoreContext,
  runId: string,
  follow: Follow,
  { reopen = false }: AdvanceOptions,
): RunRecord {
  return write(context, () => {
    const { records, queue, database } = context
    const run = records.readRun(runId)
    const isEnded = hasEnded(run.status)
    if (isEnded && !reopen) throw new RunNotRequeuableError(runId, `is ${run.status}`)
    const at = context.now()
    // A run that is taken up again is wanted again.
    const wanted = isEnded ? { ...run, cancelRequestedAt: null } : run
    const following = followRun(context, wanted, follow, { at, goesOn: wanted.cancelRequestedAt === null })
    const patch = patchFor(context, run, following, at)
    records.patchRun(runId, patch)
    const { status = run.status, error = null } = patch
    if (isEnded && !hasEnded(status)) database.run(forgetCancellation, { run_id: runId })
    if (hasEnded(status) && status !== run.status) queue.endWithRun(runId, status, error, at)
    return records.readRun(runId)
  })
}

function patchFor(context: StoreContext, run: RunRecord, { run: given = {} }: Following, at: number): RunPatch {
  const status = given.status ?? statusOf(readProgress(context, run.runId)) ?? run.status
  if (status === run.status && hasEnded(status)) return given
  return { endedAt: hasEnded(status) ? at : null, error: null, ...given, status }
}
