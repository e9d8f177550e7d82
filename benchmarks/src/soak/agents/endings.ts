import type { RunReport } from '@mayfly/orchestrator-entry'
import type { Ended } from './runner.ts'

export interface Endings {
  readonly byStatus: Readonly<Record<string, number>>
  /** Runs that did not end as their script says. */
  readonly surprises: readonly string[]
  readonly attempts: number
  readonly attemptsByStatus: Readonly<Record<string, number>>
  /** How often a run was interrupted and resumed. */
  readonly resumed: number
}

export const judgeEndings = (ended: readonly Ended[], reports: readonly RunReport[]): Endings => {
  const sessions = reports.flatMap((report) => report.sessions)
  return {
    byStatus: countBy(ended.map(({ run }) => run.status)),
    surprises: ended.flatMap(surprise),
    attempts: sessions.length,
    attemptsByStatus: countBy(sessions.map(({ status }) => status)),
    resumed: ended.reduce((sum, { resumed }) => sum + resumed, 0),
  }
}

const surprise = ({ scenario, run }: Ended): string[] => {
  const { runId, kind, place, status, code } = scenario
  // A cancelled run has no error of its own, or says by whom it was cancelled.
  if (run.status === status && (status === 'cancelled' || (run.error?.code ?? null) === code)) return []
  const found = `${run.status} ${run.error?.code ?? ''} ${run.error?.message ?? ''}`.trim().slice(0, 300)
  return [`${runId}, ${kind} (${place}): ${found}; not ${status} ${code ?? ''}`.trim()]
}

const countBy = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
