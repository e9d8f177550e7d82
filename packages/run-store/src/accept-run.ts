import type { Acceptance, AcceptedRun } from './acceptance.ts'
import { claimWithin } from './claim-step.ts'
import { assertRunId } from './run-id.ts'
import type { RunRecord } from './run-record.ts'
import { runNotesTable, runTable, selectRunByKey, updateRequest } from './sql/run-table.ts'
import { encodeFields } from './sql/table.ts'
import { type StoreContext, write } from './store-context.ts'
import { encoded } from './store-database.ts'
import { StoreInputError } from './store-error.ts'

/** Accepts, queues and, if asked to, claims: all or nothing. */
export function acceptRun(context: StoreContext, run: AcceptedRun): Acceptance {
  assertRunId(run.runId)
  if (run.steps.length === 0) throw new StoreInputError('Run steps', 'at least one step to begin with', 'none')
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

function insert({ database, records, queue, host }: StoreContext, run: AcceptedRun): void {
  const { runId, steps, request, idempotencyKey = null, hold = false } = run
  if (hold || run.claim !== undefined) host.takeLease()
  records.insertRun({ ...run, status: 'queued' }, idempotencyKey)
  if (request !== undefined)
    database.run(updateRequest, { run_id: runId, ...encoded(() => encodeFields(runNotesTable, { request })) })
  for (const step of steps) queue.enqueue(runId, step, hold ? host.bootId : null)
}
