import type { Isolation, Outcome } from './session/outcome.ts'
import type { Session } from './session/session.ts'

/** What the caller of a task knows it by. */
export type SessionMetadata = Readonly<Record<string, string | number>>

export interface SessionSnapshot {
  readonly sessionId: string
  readonly isolation: Isolation
  readonly attempt: number
  readonly heapLimitMb: number
  /** Whole milliseconds since the epoch. */
  readonly createdAt: number
  /** As given with the task. */
  readonly metadata: SessionMetadata
}

/** Where sessions are written down. A session is on record before anything of it runs. */
export interface SessionJournal {
  /** Awaited before the session may start; when it rejects, the task is refused with `JOURNAL_FAILED`. */
  queued(session: SessionSnapshot): Promise<void> | void
  /** Told once, when the outcome is known. Left out where the outcome is written together with what it changes. */
  ended?(session: SessionSnapshot, outcome: Outcome): Promise<void> | void
}

export const snapshotOf = (session: Session, metadata: SessionMetadata = {}): SessionSnapshot => ({
  sessionId: session.id,
  isolation: session.isolation,
  attempt: session.task.attempt,
  heapLimitMb: session.task.limits.heapLimitMb,
  createdAt: Math.round(session.createdAt),
  metadata,
})
