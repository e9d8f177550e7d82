export type SessionStatus =
  | 'queued'
  | 'running'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'timed_out'
  | 'lost'
  | 'interrupted'

export type SessionIsolation = 'in-process' | 'thread' | 'process'

/** What an attempt has used, as its agent reports it; `null` when it did not, which is not 0. */
export interface SessionUsage {
  readonly inputTokens: number | null
  /** Of the input: what came from a cache. */
  readonly cachedTokens: number | null
  readonly outputTokens: number | null
  /** In US dollars. */
  readonly costUsd: number | null
  readonly toolCalls: number | null
  readonly model: string | null
  /** The agent's own id of its conversation, with which it can be taken up again. */
  readonly agentSession: string | null
}

/** One attempt of one task in one worker. Sizes in megabytes, durations in milliseconds, times since the epoch. */
export interface SessionRecord extends SessionUsage {
  readonly sessionId: string
  readonly runId: string | null
  readonly step: number | null
  readonly attempt: number
  readonly isolation: SessionIsolation
  readonly status: SessionStatus
  readonly cause: string | null
  readonly phase: string | null
  readonly exitCode: number | null
  readonly signal: string | null
  readonly peakHeapMb: number | null
  readonly peakExternalMb: number | null
  readonly peakRssMb: number | null
  readonly cpuMs: number | null
  readonly queuedMs: number | null
  readonly startedInMs: number | null
  readonly ranMs: number | null
  readonly stoppedInMs: number | null
  readonly heapLimitMb: number | null
  readonly enforced: boolean | null
  readonly fuse: string | null
  readonly createdAt: number
  readonly endedAt: number | null
}

type KnownFromTheStart =
  | 'sessionId'
  | 'runId'
  | 'step'
  | 'attempt'
  | 'isolation'
  | 'status'
  | 'heapLimitMb'
  | 'createdAt'

/** What a session cannot say whose agent reports nothing. */
export const NO_USAGE_REPORTED: Readonly<Record<keyof SessionUsage, null>> = {
  inputTokens: null,
  cachedTokens: null,
  outputTokens: null,
  costUsd: null,
  toolCalls: null,
  model: null,
  agentSession: null,
}

/** What a session that has not ended yet cannot say. */
export const NO_FIGURES_YET: Readonly<Record<Exclude<keyof SessionRecord, KnownFromTheStart>, null>> = {
  cause: null,
  phase: null,
  exitCode: null,
  signal: null,
  peakHeapMb: null,
  peakExternalMb: null,
  peakRssMb: null,
  cpuMs: null,
  queuedMs: null,
  startedInMs: null,
  ranMs: null,
  stoppedInMs: null,
  enforced: null,
  fuse: null,
  endedAt: null,
  ...NO_USAGE_REPORTED,
}

/** A session as it is accepted: nothing has run yet. */
export type QueuedSession = Pick<SessionRecord, KnownFromTheStart>

const notKnownYet = Object.keys(NO_FIGURES_YET) as (keyof typeof NO_FIGURES_YET)[]

/** Whether it says no more than a session can that is just accepted. */
export function isJustQueued(session: SessionRecord): boolean {
  return session.status === 'queued' && notKnownYet.every((field) => session[field] === null)
}
