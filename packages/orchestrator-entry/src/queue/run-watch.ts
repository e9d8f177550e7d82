import { type EventRecord, RunNotFoundError, type RunRecord } from '@mayfly/run-store'
import type { StoreDesk } from './store-desk.ts'

/** What is new about a run. */
export type RunNews =
  | { readonly type: 'event'; readonly event: EventRecord }
  /** Its status has changed, or this is the first look; the last news of a run that has ended. */
  | { readonly type: 'run'; readonly run: RunRecord }

const EVENTS_AT_ONCE = 500

/** Tells all that is on record about a run and what comes to it, until it has ended. */
export async function* watchRun(
  desk: StoreDesk,
  runId: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<RunNews, void> {
  const wake = (): void => desk.wake()
  signal?.addEventListener('abort', wake)
  try {
    let afterId = 0
    let status: RunRecord['status'] | undefined
    for (;;) {
      signal?.throwIfAborted()
      // Before the events: what it says is not older than they are, so an end is told after all that led to it.
      const run = await desk.store.getRun(runId)
      if (run === undefined) throw new RunNotFoundError(runId)
      const events = await desk.store.listEvents(runId, { afterId, limit: EVENTS_AT_ONCE })
      for (const event of events) yield { type: 'event', event }
      afterId = events.at(-1)?.id ?? afterId
      if (events.length === EVENTS_AT_ONCE) continue
      if (run.status !== status) yield { type: 'run', run }
      status = run.status
      if (run.endedAt !== null || desk.isClosing) return
      await desk.changed()
    }
  } finally {
    signal?.removeEventListener('abort', wake)
  }
}
