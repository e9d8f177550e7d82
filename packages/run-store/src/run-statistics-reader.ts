import type { ExecutionMode } from './run-record.ts'
import type { ModeStatistics, RunStatistics, SpawnStatistics } from './run-statistics.ts'
import { countRuns, countSpawns, selectDuration, selectPeakHeap } from './sql/statistics-queries.ts'
import type { StoreDatabase } from './store-database.ts'

/** Counts in the database, so that no run has to be loaded for it. */
export function readRunStatistics(database: StoreDatabase): RunStatistics {
  return {
    legacy: readMode(database, 'legacy'),
    worker: readMode(database, 'worker'),
    total: readMode(database, null),
    workerSpawns: readSpawns(database),
  }
}

function readMode(database: StoreDatabase, mode: ExecutionMode | null): ModeStatistics {
  const counts = database.row(countRuns, { mode })
  return {
    count: Number(counts?.['count']),
    completed: Number(counts?.['completed']),
    failed: Number(counts?.['failed']),
    interrupted: Number(counts?.['interrupted']),
    averageMs: numberOrNull(counts?.['average_ms']),
    p95Ms: readPercentile(database, mode, Number(counts?.['timed'])),
    peakHeapMb: numberOrNull(database.row(selectPeakHeap, { mode })?.['peak_heap_mb']),
  }
}

function readPercentile(database: StoreDatabase, mode: ExecutionMode | null, timed: number): number | null {
  if (timed === 0) return null
  // 95 * n / 100 is exact where 0.95 * n is not: 0.95 * 20 must be 19, not the next number above it.
  const rank = Math.ceil((95 * timed) / 100) - 1
  return numberOrNull(database.row(selectDuration, { mode, rank })?.['duration_ms'])
}

function readSpawns(database: StoreDatabase): SpawnStatistics {
  const counts = database.row(countSpawns, {})
  const attempted = Number(counts?.['attempted'])
  const succeeded = Number(counts?.['succeeded'])
  return { attempted, succeeded, rate: attempted === 0 ? null : succeeded / attempted }
}

function numberOrNull(cell: unknown): number | null {
  return typeof cell === 'number' ? cell : null
}
