import { NO_FIGURES_YET, NO_USAGE_REPORTED, type RunStore, type SessionRecord } from '@mayfly/run-store'
import type { Outcome, SessionJournal, SessionSnapshot } from '@mayfly/supervisor'

/**
 * Introduces the supervisor to the store: a session is a row before anything of it runs. One that was claimed from the queue
 * is on record since then; one that names no store is its caller's own. Its outcome is not written here but with the
 * step's end, in one transaction.
 */
export const createSessionJournal = (openStore: (storeFolder: string) => Promise<RunStore>): SessionJournal => ({
  async queued(session) {
    const { storeFolder, claimed } = session.metadata
    if (typeof storeFolder !== 'string' || claimed === 1) return
    const store = await openStore(storeFolder)
    await store.saveSession(acceptedSession(session))
  },
})

const acceptedSession = ({ metadata, ...session }: SessionSnapshot): SessionRecord => ({
  ...NO_FIGURES_YET,
  ...session,
  runId: typeof metadata['runId'] === 'string' ? metadata['runId'] : null,
  step: typeof metadata['step'] === 'number' ? metadata['step'] : null,
  status: 'queued',
})

export const endedSession = (
  outcome: Outcome,
  runId: string,
  step: number,
  times: { createdAt: number; endedAt: number },
): SessionRecord => {
  const { wedged: _wedged, ...figures } = outcome
  return { ...NO_USAGE_REPORTED, ...figures, ...times, runId, step }
}
