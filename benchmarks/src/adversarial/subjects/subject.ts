import type { Outcome } from '@mayfly/supervisor'

/** The same for every subject, as far as it knows such a limit at all. */
export const limits = {
  workers: 2,
  heapMb: 128,
  externalMb: 128,
  graceMs: 200,
  exitTimeoutMs: 500,
} as const

/** One function of a module, with its time limit. */
export interface Call {
  /** A `file:` URL. */
  readonly module: string
  readonly export: string
  readonly input: unknown
  readonly timeLimitMs: number
  /** For subjects that keep a record of an end. */
  readonly onOutcome?: (outcome: Outcome) => void
}

export interface Pool {
  run(call: Call): Promise<unknown>
  close(): Promise<unknown>
}

/**
 * A way to run a function in a worker. `open` makes a pool in its best honest configuration for one dangerous task;
 * `lacks` tells readers what it has no means for.
 */
export interface Subject {
  readonly lacks: string
  open(): Pool
}
