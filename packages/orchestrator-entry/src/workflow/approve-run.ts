import { RunNotFoundError, type RunRecord } from '@mayfly/run-store'
import type { PlannedStep } from '@mayfly/workflows'
import { UsageError } from '../errors.ts'
import type { NumberedCall, OrchestratorCore } from '../orchestrator-core.ts'
import { followRun } from './follow-run.ts'
import { endWhole } from './run-worktree.ts'
import { nameStep } from './step-names.ts'

/** What a person says to a step that waits for it. */
export interface ApprovalDecision {
  /** @default approved */
  readonly reject?: boolean | undefined
  /** What the step is sent back with. */
  readonly feedback?: string | undefined
  /** The step's number, as the workflow writes it; needed when several wait. */
  readonly step?: number | undefined
}

/**
 * Writes down what a person decided; what follows from it is queued in the same transaction.
 * @throws RunNotFoundError; UsageError `NOTHING_TO_APPROVE`
 */
export const decideApproval = async (
  core: OrchestratorCore,
  call: NumberedCall,
  runId: string,
  { reject = false, feedback = '', step }: ApprovalDecision,
  hold: boolean,
): Promise<RunRecord> => {
  const desk = await core.openExistingDesk(call)
  const run = await desk?.store.getRun(runId)
  if (desk === undefined || run === undefined) throw new RunNotFoundError(runId)
  if (run.endedAt !== null) throw tooLate(run)
  const waiting = (await desk.store.listSteps(runId)).filter(({ status }) => status === 'waiting')
  const chosen = waiting.filter(({ number }) => step === undefined || number === step)
  const [only] = chosen
  if (only === undefined || chosen.length > 1) throw notOne(run, waiting, step)
  const workflow = await core.shelf.get(desk.store, runId)
  const planned = workflow.plan.steps[only.step] as PlannedStep
  const kind = reject ? 'rejected' : 'approved'
  const text = core.redactor.text(feedback)
  const follow = followRun({ runId, workflow, hold, event: { kind, step: only.step, feedback: text }, feedback: text })
  const said = text === '' ? nameStep(planned) : `${nameStep(planned)}: ${text}`
  const event = { runId, sessionId: null, type: kind, data: { step: only.step, number: planned.number, text: said } }
  const after = await desk.store.advance(runId, (view) => {
    const following = follow(view)
    return { ...following, events: [event, ...(following.events ?? [])] }
  })
  core.logger.info(`Run ${runId}: ${nameStep(planned)} ${kind}`)
  desk.wake()
  await endWhole(core, desk, after)
  return after
}

const tooLate = ({ runId, status }: RunRecord): UsageError => {
  const next =
    status === 'completed'
      ? ''
      : ` To take it up again: mayfly ${status === 'interrupted' ? 'resume' : 'retry'} ${runId}`
  return new UsageError(
    'NOTHING_TO_APPROVE',
    `Run ${runId} is ${status}: none of its steps waits for a person any more.${next}`,
  )
}

const notOne = (
  { runId, status }: RunRecord,
  waiting: readonly { readonly number: number; readonly name: string }[],
  step: number | undefined,
): UsageError => {
  const steps = waiting.map(nameStep).join(', ')
  if (waiting.length === 0)
    return new UsageError('NOTHING_TO_APPROVE', `Run ${runId} is ${status}: none of its steps waits for a person.`)
  const what = step === undefined ? 'several steps wait' : `step ${step} does not wait`
  return new UsageError('NOTHING_TO_APPROVE', `Run ${runId}: ${what}. Say which with --step; waiting are ${steps}.`)
}
