/** What holds for all processes on one store together. `null`: no limit. */
export interface Limits {
  /** How many attempts may run at one time. */
  readonly workers: number | null
  /** How much memory they may commit together, in megabytes. */
  readonly memoryMb: number | null
  /** How many of those that share a concurrency key. */
  readonly perKey: number | null
}

/** What is claimed now, by hosts whose lease is good. */
export interface Usage {
  readonly workers: number
  readonly memoryMb: number
  readonly queued: number
}
