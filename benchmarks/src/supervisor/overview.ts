import type { Grid, GridRow, Remarks } from '../common/report.ts'
import type { Summary } from '../common/summary.ts'

/** One quantity of all subjects that have it. */
export interface Measure {
  readonly title: string
  readonly better: 'lower' | 'higher'
  readonly bySubject: Readonly<Record<string, Summary>>
}

const COLUMNS = [
  'raw Worker',
  'raw Worker, waiting, bare row',
  'raw fork',
  'raw fork, waiting, bare row',
  'tinypool, isolateWorkers',
  'piscina',
  'workerpool',
  'poolifier',
  'jest-worker',
]

const OURS = /^Mayfly/

/** Everything in one table: a row for each measure, a column for each subject. */
export const overview = (measures: readonly Measure[]): Grid => ({
  kind: 'grid',
  title: 'All at once',
  unit: 'median / p99',
  corner: '',
  figures: 'median / p99',
  note: 'Ratios stand in the tables below, where all subjects of a row were measured in the same rounds. Of Mayfly the column has the best of the row. piscina, workerpool, poolifier and jest-worker hand a worker that has run other tasks on to the next one; the others run each task in one that was never used.',
  rows: measures.map(row),
})

const row = ({ title, better, bySubject }: Measure): GridRow => {
  const ours = best(
    Object.entries(bySubject).filter(([name]) => OURS.test(name)),
    better,
  )
  const others = COLUMNS.map((column) => [column, find(bySubject, column)] as const)
  return { name: title, cells: { Mayfly: ours?.[1] ?? null, ...Object.fromEntries(others) } }
}

/** `jest-worker` stands for every way in which it was measured. */
const find = (bySubject: Measure['bySubject'], column: string): Summary | null =>
  bySubject[column] ?? Object.entries(bySubject).find(([name]) => name.startsWith(`${column},`))?.[1] ?? null

type Entry = readonly [name: string, summary: Summary]

const isAhead = (one: Summary, other: Summary, better: Measure['better']): boolean =>
  better === 'lower' ? one.median < other.median : one.median > other.median

const best = (entries: readonly Entry[], better: Measure['better']): Entry | undefined =>
  entries.reduce<Entry | undefined>(
    (winner, entry) => (winner === undefined || isAhead(entry[1], winner[1], better) ? entry : winner),
    undefined,
  )

/** Says plainly who is ahead of the best that Mayfly can do. */
export const whoIsAhead = (measures: readonly Measure[]): Remarks => {
  const lines = measures.flatMap(({ title, better, bySubject }) => {
    const ours = best(
      Object.entries(bySubject).filter(([name]) => OURS.test(name)),
      better,
    )
    if (ours === undefined) return []
    const ahead = Object.entries(bySubject).filter(
      ([name, summary]) => !OURS.test(name) && isAhead(summary, ours[1], better),
    )
    return ahead.length === 0
      ? []
      : [`${title}: ${ahead.map(([name, { median }]) => `${name} (${factor(median, ours[1].median)})`).join(', ')}.`]
  })
  return {
    kind: 'remarks',
    title: 'Where others are ahead of Mayfly, by medians',
    lines: lines.length === 0 ? ['Nowhere.'] : lines,
  }
}

const factor = (one: number, other: number): string => `${(Math.max(one, other) / Math.min(one, other)).toFixed(2)}×`
