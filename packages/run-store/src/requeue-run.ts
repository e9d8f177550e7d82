import type { QueuedStep } from './queued-step.ts'
import type { RequeueOptions } from './run-queue.ts'
import type { RunRecord } from './run-record.ts'
import { hasEnded } from './run-status.ts'
import { deleteCheckpoint } from './sql/checkpoint-table.ts'
import { forgetCancellation } from './sql/run-table.ts'
import { deleteLaterSteps, selectSteps, stepTable } from './sql/step-table.ts'
import type { StepStatus } from './step-record.ts'
import { type StoreContext, write } from './store-context.ts'
import { RunNotRequeuableError, StoreInputError } from './store-error.ts'

/** What an attempt came to that did not do its work. */
const isToRepeat: ReadonlySet<StepStatus> = new Set(['failed', 'interrupted', 'cancelled'])

/** Takes an ended run up again. */
export function requeueRun(context: StoreContext, runId: string, options: RequeueOptions): RunRecord {
  const { from, attempts = 1, hold = false } = options
  if (!Number.isSafeInteger(attempts) || attempts < 1)
    throw new StoreInputError('Option attempts', 'a whole number of at least 1', attempts)
  return write(context, () => {
    const { status } = context.records.readRun(runId)
    if (!hasEnded(status)) throw new RunNotRequeuableError(runId, `is ${status}`)
    const entries = context.queue.entries(runId)
    // Of a run that has failed in one step, others may still be at work.
    if (entries.some(({ state }) => state === 'claimed')) throw new RunNotRequeuableError(runId, 'has a step at work')
    const chosen = from === undefined ? unfinished(context, runId, entries) : startingAt(context, runId, entries, from)
    if (chosen.length === 0) throw new RunNotRequeuableError(runId, `is ${status} and has no such step`)
    if (hold) context.host.takeLease()
    for (const entry of chosen) context.queue.reopen(entry, attempts, hold ? context.host.bootId : null)
    context.database.run(forgetCancellation, { run_id: runId })
    context.records.patchRun(runId, { status: 'queued', endedAt: null, error: null })
    return context.records.readRun(runId)
  })
}

function unfinished({ database }: StoreContext, runId: string, entries: readonly QueuedStep[]): readonly QueuedStep[] {
  const steps = database.list(stepTable, selectSteps, { run_id: runId })
  const open = new Set(steps.filter(({ status }) => isToRepeat.has(status)).map(({ step }) => step))
  return entries.filter(({ step }) => open.has(step))
}

/** Later steps are forgotten: they follow again when this one has ended. */
function startingAt(
  { database }: StoreContext,
  runId: string,
  entries: readonly QueuedStep[],
  from: number,
): readonly QueuedStep[] {
  const chosen = entries.filter(({ step }) => step === from)
  if (chosen.length === 0) return []
  database.run(deleteLaterSteps, { run_id: runId, step: from })
  database.run(deleteCheckpoint, { run_id: runId, step: from })
  return chosen
}
