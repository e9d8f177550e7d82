import {
  NO_FIGURES_YET,
  NO_USAGE_REPORTED,
  type RunStore,
  type SessionRecord,
  type SessionUsage,
} from '@mayfly/run-store'
import type { Outcome, SessionJournal, SessionSnapshot } from '@mayfly/supervisor'
import type { StepReport } from './step-task.ts'

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
  report: Partial<StepReport> | undefined,
): SessionRecord => {
  const { wedged: _wedged, ...figures } = outcome
  return { ...NO_USAGE_REPORTED, ...reportedUsage(report), ...figures, ...times, runId, step }
}

/** What an agent has said that it used; what it has not said is left out. */
export const reportedUsage = (report: Partial<StepReport> = {}): Partial<SessionUsage> => {
  const { sessionId, model, inputTokens, cachedTokens, outputTokens, costUsd, toolCalls } = report
  const usage = { agentSession: sessionId, model, inputTokens, cachedTokens, outputTokens, costUsd, toolCalls }
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => value != null))
}
