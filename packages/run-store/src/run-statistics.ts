/** Figures over some runs. Durations are from start to end of runs that completed or failed. */
export interface ModeStatistics {
  readonly count: number
  readonly completed: number
  readonly failed: number
  readonly interrupted: number
  /** `null` where no run has a duration. */
  readonly averageMs: number | null
  /** Nearest rank: the smallest duration that at least 95 % of the runs do not exceed. */
  readonly p95Ms: number | null
  /** The highest peak that a session or an observation reported. */
  readonly peakHeapMb: number | null
}

/** How many workers were to be started, and how many got past their start-up. */
export interface SpawnStatistics {
  readonly attempted: number
  readonly succeeded: number
  /** `succeeded / attempted`, from 0 to 1; `null` where none was attempted. */
  readonly rate: number | null
}

export interface RunStatistics {
  readonly legacy: ModeStatistics
  readonly worker: ModeStatistics
  /** Every run, also those whose mode is not decided. */
  readonly total: ModeStatistics
  readonly workerSpawns: SpawnStatistics
}
