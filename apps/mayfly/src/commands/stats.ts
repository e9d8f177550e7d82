import { type RunStatistics, reportStatistics } from '@mayfly/orchestrator-entry'
import { print, printJson } from '../output.ts'
import { formatDuration, formatMegabytes, formatTable } from '../table.ts'
import { type ReadingOptions, surroundingsOf } from './surroundings.ts'

export const statsCommand = async (options: ReadingOptions): Promise<void> => {
  const statistics = await reportStatistics(surroundingsOf(options))
  if (options.json) return printJson(statistics ?? null)
  if (statistics === undefined) return print('No runs yet.')
  const { legacy, worker, total, workerSpawns } = statistics
  const header = ['MODE', 'RUNS', 'COMPLETED', 'FAILED', 'INTERRUPTED', 'AVERAGE', 'P95', 'PEAK HEAP']
  print(formatTable([header, toRow('legacy', legacy), toRow('worker', worker), toRow('total', total)]))
  const rate = workerSpawns.rate === null ? '-' : `${(workerSpawns.rate * 100).toFixed(1)} %`
  print(`Workers spawned: ${workerSpawns.succeeded} of ${workerSpawns.attempted} (${rate})`)
}

const toRow = (mode: string, figures: RunStatistics['total']): string[] => [
  mode,
  String(figures.count),
  String(figures.completed),
  String(figures.failed),
  String(figures.interrupted),
  formatDuration(figures.averageMs),
  formatDuration(figures.p95Ms),
  formatMegabytes(figures.peakHeapMb),
]
