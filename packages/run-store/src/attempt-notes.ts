import type { ChildRecord } from './child-record.ts'
import type { AttemptReference } from './claim.ts'
import { NO_USAGE_REPORTED, type SessionUsage } from './session-record.ts'
import { assertClaimed } from './settle-attempt.ts'
import { upsertCheckpoint } from './sql/checkpoint-table.ts'
import { childTable, deleteChild, upsertChild } from './sql/child-table.ts'
import { sessionUsageTable, updateSessionUsage } from './sql/session-table.ts'
import { encodeRow } from './sql/table.ts'
import { type StoreContext, write } from './store-context.ts'
import { encoded } from './store-database.ts'
import { StoreInputError } from './store-error.ts'

/** What an attempt may leave for the next one, in bytes. */
const CHECKPOINT_LIMIT = 16 * 1024 * 1024

/* What an attempt writes while it runs: `light`, for it may come often, and a loss of power ends the attempt as well. */

export function saveCheckpoint(context: StoreContext, attempt: AttemptReference, data: Uint8Array): void {
  if (!(data instanceof Uint8Array)) throw new StoreInputError('Checkpoint', 'bytes', data)
  if (data.byteLength > CHECKPOINT_LIMIT)
    throw new StoreInputError('Checkpoint', `at most ${CHECKPOINT_LIMIT} bytes`, data.byteLength)
  const key = { run_id: attempt.runId, step: attempt.step, attempt: attempt.attempt }
  write(
    context,
    () => {
      assertClaimed(context, attempt)
      context.database.run(upsertCheckpoint, { ...key, at: context.now(), data })
    },
    'light',
  )
}

/** What is left out, or `null`, stays as it was. */
export function noteUsage(context: StoreContext, attempt: AttemptReference, usage: Partial<SessionUsage>): void {
  const cells = encoded(() => encodeRow(sessionUsageTable, { ...NO_USAGE_REPORTED, ...usage }))
  write(
    context,
    () => {
      assertClaimed(context, attempt)
      context.database.run(updateSessionUsage, { ...cells, session_id: attempt.sessionId })
    },
    'light',
  )
}

export function registerChild(
  context: StoreContext,
  attempt: AttemptReference,
  child: Omit<ChildRecord, 'sessionId'>,
): void {
  write(
    context,
    () => {
      assertClaimed(context, attempt)
      context.database.save(childTable, upsertChild, { ...child, sessionId: attempt.sessionId })
    },
    'light',
  )
}

export function forgetChildren(
  context: StoreContext,
  children: readonly Pick<ChildRecord, 'sessionId' | 'pid'>[],
): void {
  if (children.length === 0) return
  write(
    context,
    () => {
      for (const { sessionId, pid } of children) context.database.run(deleteChild, { session_id: sessionId, pid })
    },
    'light',
  )
}
