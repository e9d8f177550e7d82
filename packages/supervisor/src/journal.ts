import type { Isolation, Outcome } from './outcome.ts'

export interface SessionSnapshot {
  readonly sessionId: string
  readonly isolation: Isolation
  readonly attempt: number
  readonly heapLimitMb: number
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** Where sessions are written down. A session is on record before anything of it runs. */
export interface SessionJournal {
  /** Awaited before the session may start; when it rejects, the task is refused with `JOURNAL_FAILED`. */
  queued(session: SessionSnapshot): Promise<void> | void
  /** Told once, after the outcome is known to the caller. */
  ended(session: SessionSnapshot, outcome: Outcome): Promise<void> | void
}
