import type { Acceptance, AcceptedRun } from './acceptance.ts'
import { claimWithin } from './claim-step.ts'
import { assertRunId } from './run-id.ts'
import type { RunRecord } from './run-record.ts'
import { hasEnded } from './run-status.ts'
import { runTable, selectRunByKey } from './sql/run-table.ts'
import { type StoreContext, write } from './store-context.ts'
import { StoreInputError } from './store-error.ts'
import { assertWorkspaceFree } from './workspace.ts'

/** Accepts, queues and, if asked to, claims: all or nothing. */
export function acceptRun(context: StoreContext, run: AcceptedRun): Acceptance {
  assertRunId(run.runId)
  assertSteps(run)
  return write(context, () => {
    const earlier = findByKey(context, run.idempotencyKey ?? null)
    if (earlier !== undefined) return { run: earlier, isNew: false, claim: null }
    insert(context, run)
    const claim = run.claim && claimWithin(context, { ...run.claim, runId: run.runId }).claim
    return { run: context.records.readRun(run.runId), isNew: true, claim: claim ?? null }
  })
}

export function findByKey({ database }: StoreContext, key: string | null): RunRecord | undefined {
  return key === null ? undefined : database.list(runTable, selectRunByKey, { idempotency_key: key })[0]
}

function assertSteps(run: AcceptedRun): void {
  if (isToBegin(run)) return
  if (!run.others?.length) throw new StoreInputError('Run steps', 'at least one step to begin with', 'none')
  if (run.status === undefined) throw new StoreInputError('Run status', 'one, as no step can begin', 'none')
}

function isToBegin({ steps, others = [] }: AcceptedRun): boolean {
  return steps.length > 0 || others.some(({ status }) => status === 'queued')
}

function insert(context: StoreContext, run: AcceptedRun): void {
  const { records, queue, host, now } = context
  const { runId, request, state, idempotencyKey = null, workspace = null, hold = false } = run
  const accepted = { runId, workspace }
  if (hold || run.claim !== undefined) host.takeLease()
  const at = now()
  const status = isToBegin(run) ? 'queued' : (run.status ?? 'queued')
  const endedAt = hasEnded(status) ? at : null
  if (workspace !== null && endedAt === null && !run.waitForWorkspace) assertWorkspaceFree(context, workspace)
  records.insertRun({ ...run, status, endedAt }, { idempotencyKey, workspace })
  if (request !== undefined && request !== null) records.putRequest(runId, request)
  if (state !== undefined) records.putState(runId, state)
  for (const step of run.steps) queue.enqueue(accepted, step, hold ? host.bootId : null)
  for (const change of run.others ?? []) queue.change(accepted, change, hold ? host.bootId : null, at)
}
