/** What a worker is made of; `in-process` is the legacy path: no worker at all. */
export type Isolation = 'in-process' | 'thread' | 'process'

/**
 * What a task's worker is made of. `thread`: starts fastest and shares the supervisor's process. `process`: dies alone, whatever it
 * does. `auto`: a thread, until a task of the same handler has died of memory or a crash in one.
 */
export type IsolationRequest = 'thread' | 'process' | 'auto'

export type OutcomeStatus = 'completed' | 'failed' | 'cancelled' | 'timed_out' | 'lost'

export type OutcomeCause =
  | 'result'
  | 'error'
  | 'exit'
  | 'user'
  | 'timeout'
  | 'deadline'
  | 'queue_timeout'
  | 'startup'
  | 'heartbeat'
  | 'heap_soft'
  | 'heap_hard'
  | 'external'
  | 'rss'
  | 'spawn'
  | 'protocol'
  | 'shutdown'
  | 'host_lost'

/**
 * What became of the hard heap limit above the soft one.
 * `set`: as asked. `overridden`: a `--max-old-space-size` replaced it. `restored`: one replaced it by a
 * smaller one and was put out of force for workers. `none`: in place, where no limit can be enforced.
 */
export type Fuse = 'set' | 'overridden' | 'restored' | 'none'

/** The single record of how a session ended. Times are milliseconds, memory is MiB. */
export interface Outcome {
  readonly sessionId: string
  readonly status: OutcomeStatus
  readonly cause: OutcomeCause
  /** `cooperative`: the task ended by itself; `forced`: it was ended from outside. */
  readonly phase: 'cooperative' | 'forced'
  readonly isolation: Isolation
  readonly attempt: number
  /** False where limits cannot be enforced (in place). */
  readonly enforced: boolean
  readonly fuse: Fuse
  readonly heapLimitMb: number
  /** The worker's exit code; null when it had not ended by the time the outcome was known. */
  readonly exitCode: number | null
  readonly signal: string | null
  /** In `process` as the worker said itself, four times a second as long as it yields. */
  readonly peakHeapMb: number | null
  readonly peakExternalMb: number | null
  /** Resident size of a worker that is a process; null for any other, whose memory is the supervisor's. */
  readonly peakRssMb: number | null
  /** Null where Node has no per-thread figure (before 26 for killed threads). */
  readonly cpuMs: number | null
  readonly queuedMs: number
  /** From start to "module imported and ready"; null when that never came. */
  readonly startedInMs: number | null
  /** From the task's first line to its end, the grace included; null when it never ran. */
  readonly ranMs: number | null
  /** From the decision to end it to its end; null when it ended by itself. */
  readonly stoppedInMs: number | null
  /** True when the worker could not be ended: it keeps its slot and its memory reservation. */
  readonly wedged: boolean
}

const statusOfCause: Record<OutcomeCause, OutcomeStatus> = {
  result: 'completed',
  error: 'failed',
  exit: 'failed',
  user: 'cancelled',
  timeout: 'timed_out',
  deadline: 'timed_out',
  queue_timeout: 'timed_out',
  startup: 'failed',
  heartbeat: 'timed_out',
  heap_soft: 'failed',
  heap_hard: 'failed',
  external: 'failed',
  rss: 'failed',
  spawn: 'failed',
  protocol: 'failed',
  shutdown: 'cancelled',
  host_lost: 'lost',
}

export const outcomeStatus = (cause: OutcomeCause): OutcomeStatus => statusOfCause[cause]
