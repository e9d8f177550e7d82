import type { RunStatus } from './run-record.ts'
import type { ModeStatistics, RunStatistics, SpawnStatistics } from './run-statistics.ts'
import { selectDurationCounts, selectPeakHeap, selectRunCounts, selectSpawnCounts } from './sql/statistics-queries.ts'
import type { StoreDatabase } from './store-database.ts'

/** As the rollups keep it: '' is "not decided". */
type Mode = '' | 'legacy' | 'worker'

interface Count {
  readonly mode: Mode
  readonly status: RunStatus
  readonly count: number
  readonly timed: number
  readonly totalMs: number
}

/** Reads rollups and ends of indexes: it takes the same time however many runs are stored. */
export function readRunStatistics(database: StoreDatabase): RunStatistics {
  const counts = database.rows(selectRunCounts, {}).map(toCount)
  return {
    legacy: readModes(database, counts, ['legacy']),
    worker: readModes(database, counts, ['worker']),
    total: readModes(database, counts, ['', 'legacy', 'worker']),
    workerSpawns: readSpawns(database),
  }
}

function readModes(database: StoreDatabase, all: readonly Count[], modes: readonly Mode[]): ModeStatistics {
  const counts = all.filter(({ mode }) => modes.includes(mode))
  const timed = sum(counts, 'timed')
  const ofStatus = (status: RunStatus): number =>
    sum(
      counts.filter((count) => count.status === status),
      'count',
    )
  return {
    count: sum(counts, 'count'),
    completed: ofStatus('completed'),
    failed: ofStatus('failed'),
    interrupted: ofStatus('interrupted'),
    averageMs: timed === 0 ? null : sum(counts, 'totalMs') / timed,
    p95Ms: readPercentile(database, modes, timed),
    peakHeapMb: readPeak(database, modes),
  }
}

/** From the coarsest grain to single milliseconds: each tells which of its parts holds the rank. */
function readPercentile(database: StoreDatabase, modes: readonly Mode[], timed: number): number | null {
  if (timed === 0) return null
  // 95 * n / 100 is exact where 0.95 * n is not: 0.95 * 20 must be 19, not the next number above it.
  let rank = Math.ceil((95 * timed) / 100) - 1
  let [low, high] = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]
  for (const grain of [24, 16, 8, 0]) {
    const part = findPart(database, modes, { grain, low, high }, rank)
    if (part === undefined) return null
    rank -= part.before
    ;[low, high] = [part.prefix * 256, part.prefix * 256 + 255]
    if (grain === 0) return part.prefix
  }
  return null
}

interface Range {
  readonly grain: number
  readonly low: number
  readonly high: number
}

function findPart(
  database: StoreDatabase,
  [first = '', second = first, third = second]: readonly Mode[],
  range: Range,
  rank: number,
): { readonly prefix: number; readonly before: number } | undefined {
  let before = 0
  for (const row of database.rows(selectDurationCounts, { ...range, first, second, third })) {
    const count = Number(row['count'])
    if (rank < before + count) return { prefix: Number(row['prefix']), before }
    before += count
  }
  return undefined
}

function readPeak(database: StoreDatabase, modes: readonly Mode[]): number | null {
  const peaks = modes.flatMap((mode) => {
    const peak = database.row(selectPeakHeap, { mode: mode === '' ? null : mode })?.['peak_heap_mb']
    return typeof peak === 'number' ? [peak] : []
  })
  return peaks.length === 0 ? null : Math.max(...peaks)
}

function readSpawns(database: StoreDatabase): SpawnStatistics {
  const counts = database.row(selectSpawnCounts, {})
  const attempted = Number(counts?.['attempted'])
  const succeeded = Number(counts?.['succeeded'])
  return { attempted, succeeded, rate: attempted === 0 ? null : succeeded / attempted }
}

function toCount(row: Readonly<Record<string, unknown>>): Count {
  return {
    mode: row['execution_mode'] as Mode,
    status: row['status'] as RunStatus,
    count: Number(row['count']),
    timed: Number(row['timed']),
    totalMs: Number(row['total_ms']),
  }
}

function sum(counts: readonly Count[], field: 'count' | 'timed' | 'totalMs'): number {
  return counts.reduce((total, count) => total + count[field], 0)
}
