import type { Comparison } from './compare.ts'
import type { LargeFolderResult } from './large-folder.ts'
import { meanQuality } from './quality.ts'

/** Everything that one run of the benchmark found. */
export interface PlannerReport {
  /** Of this repository, when the benchmark ran in one. */
  readonly commit: string | null
  readonly seed: number
  readonly node: string
  readonly commits: number
  readonly comparisons: readonly Comparison[]
  /** Null when it was left out (`--files 0`). */
  readonly largeFolder: LargeFolderResult | null
}

/** The report as a table for a terminal. */
export function renderReport({ comparisons, largeFolder, seed, node, commit }: PlannerReport): string {
  const rows = [
    ['repository', 'origin', 'commits', 'recall@10', 'plain words', 'MRR', 'plain words', 'ms a plan'],
    ...comparisons.map(comparisonRow),
    ...(['written', 'generated'] as const).flatMap((origin) =>
      totalRow(
        comparisons.filter((each) => each.origin === origin),
        origin,
      ),
    ),
  ]
  const large =
    largeFolder === null
      ? ''
      : `\n${largeFolder.files} files, ${Math.round(largeFolder.bytes / 1e6)} MB: ${largeFolder.planMs} ms, peak RSS ${largeFolder.peakRssMb} MiB, longest pause ${largeFolder.longestPauseMs} ms\n`
  return `${renderTable(rows)}${large}commit ${commit ?? 'unknown'}, seed ${seed}, Node ${node}\n`
}

function comparisonRow({ repository, origin, commits, planner, plainWords, planMs }: Comparison): readonly string[] {
  return [
    repository,
    origin,
    String(commits),
    planner.recallAt10.toFixed(3),
    plainWords.recallAt10.toFixed(3),
    planner.reciprocalRank.toFixed(3),
    plainWords.reciprocalRank.toFixed(3),
    planMs.toFixed(0),
  ]
}

/** Over all commits of one origin: what people wrote and what was generated are never mixed. */
function totalRow(comparisons: readonly Comparison[], origin: Comparison['origin']): readonly (readonly string[])[] {
  if (comparisons.length < 2) return []
  const cases = comparisons.flatMap((each) => each.cases)
  const total: Comparison = {
    repository: `all ${origin}`,
    origin,
    head: '',
    commits: cases.length,
    planner: meanQuality(cases.map(({ planner }) => planner)),
    plainWords: meanQuality(cases.map(({ plainWords }) => plainWords)),
    planMs: cases.reduce((sum, { planMs }) => sum + planMs, 0) / Math.max(1, cases.length),
    cases: [],
  }
  return [comparisonRow(total)]
}

function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}
