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

/** One attempt of one task in one worker. Sizes in megabytes, durations in milliseconds, times since the epoch. */
export interface SessionRecord {
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
}
