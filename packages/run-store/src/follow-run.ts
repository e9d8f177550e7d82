import type { Follow, Following } from './follow.ts'
import type { RunRecord } from './run-record.ts'
import { StoredRunView } from './run-view.ts'
import type { StoreContext } from './store-context.ts'
import { StoreInputError } from './store-error.ts'

export interface FollowOptions {
  readonly at: number
  /** Whether the run may be given more to do. */
  readonly goesOn: boolean
}

/** Asks how a run goes on and writes what is answered, the run itself apart. Belongs in a transaction. */
export function followRun(context: StoreContext, run: RunRecord, follow: Follow, options: FollowOptions): Following {
  const following = follow(new StoredRunView(context, run, options.at))
  assertSynchronous(following)
  const { steps = [], state, hold = false, events = [] } = following
  if (hold) context.host.takeLease()
  const heldBy = hold ? context.host.bootId : null
  for (const change of steps)
    if (change.status !== 'queued' || options.goesOn) context.queue.change(run, change, heldBy, options.at)
  if (state !== undefined) context.records.putState(run.runId, state)
  for (const event of events) context.records.putEvent(event)
  return following
}

function assertSynchronous(following: Following): void {
  const isObject = typeof following === 'object' && following !== null
  if (!isObject || 'then' in following) throw new StoreInputError('What follows', 'an object, at once', following)
}
