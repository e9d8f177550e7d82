import type { CancelAnswer, CancelRequest } from './cancel-request.ts'
import { hasEnded } from './run-status.ts'
import { cancelRequestTable, selectCancelRequests } from './sql/queue-table.ts'
import { requestCancellation, runNotesTable } from './sql/run-table.ts'
import { encodeFields } from './sql/table.ts'
import { type StoreContext, write } from './store-context.ts'
import { encoded } from './store-database.ts'

/** Ends a run that nobody works on; else leaves a mark for the process that does. */
export function requestCancel(context: StoreContext, runId: string, reason: string): CancelAnswer {
  return write(context, () => {
    const { records, database } = context
    const run = records.readRun(runId)
    if (hasEnded(run.status)) return { answer: 'ended', run }
    const at = context.now()
    const cells = encoded(() => encodeFields(runNotesTable, { cancelReason: reason }))
    database.run(requestCancellation, { run_id: runId, at, ...cells })
    const isIdle = isNobodyAtWork(context, runId)
    if (isIdle) endRun(context, runId, reason, at)
    return { answer: isIdle ? 'cancelled' : 'requested', run: records.readRun(runId) }
  })
}

/** A run that was written past the queue is its owner's, whatever its status. */
function isNobodyAtWork({ queue, records }: StoreContext, runId: string): boolean {
  const entries = queue.entries(runId)
  if (entries.length === 0) return records.readRun(runId).status === 'waiting'
  return entries.every(({ state }) => state !== 'claimed')
}

function endRun({ queue, records }: StoreContext, runId: string, reason: string, endedAt: number): void {
  const error = { name: 'RunCancelledError', message: reason, code: 'CANCELLED' }
  queue.endWaiting(runId, { status: 'cancelled', endedAt, error })
  records.patchRun(runId, { status: 'cancelled', endedAt, error })
}

/** Those that this store has claimed. */
export function listCancelRequests({ database, host }: StoreContext): readonly CancelRequest[] {
  return database.list(cancelRequestTable, selectCancelRequests, { boot_id: host.bootId })
}
