import type { Environment } from './environment.ts'
import { formatNumber, formatRatio } from './numbers.ts'
import type { Comparison, Grid, Report, Section } from './report.ts'
import type { Summary } from './summary.ts'
import { formatTable } from './table.ts'

/** The report as Markdown, which is also what a terminal shows. */
export const renderReport = (report: Report): string =>
  [
    `# ${report.title}`,
    ...report.sections.map(renderSection),
    `${report.method}\n\n${renderEnvironment(report.environment)}`,
    'A p99 is a sample that was taken: with fewer than 100 of them it is the maximum.',
    `Made by \`pnpm bench ${report.name}\` out of \`${report.name}.json\`.`,
  ].join('\n\n')

const renderSection = (section: Section): string => {
  if (section.kind === 'remarks') return [`## ${section.title}`, ...section.lines].join('\n\n')
  const table = section.kind === 'comparison' ? comparisonTable(section) : gridTable(section)
  return [`## ${section.title} (${section.unit})`, formatTable(table), section.note].filter(Boolean).join('\n\n')
}

const comparisonTable = ({ baseline, subjects }: Comparison): string[][] => {
  const base = subjects.find(({ name }) => name === baseline)?.summary
  return [
    ['', 'median', 'p99', 'min', 'max', 'samples', ...(base === undefined ? [] : ['ratio', 'difference'])],
    ...subjects.map(({ name, summary }) => [
      name,
      ...figures(summary),
      ...(base === undefined ? [] : beside(summary, base)),
    ]),
  ]
}

const figures = ({ median, p99, minimum, maximum, count }: Summary): string[] => [
  ...[median, p99, minimum, maximum].map(formatNumber),
  String(count),
]

const beside = ({ median }: Summary, base: Summary): string[] =>
  median === base.median ? ['1', ''] : [formatRatio(median / base.median), formatNumber(median - base.median)]

const gridTable = ({ corner, rows, figures = 'median' }: Grid): string[][] => [
  [corner, ...Object.keys(rows[0]?.cells ?? {})],
  ...rows.map(({ name, cells }) => [name, ...Object.values(cells).map((summary) => cell(summary, figures))]),
]

const cell = (summary: Summary | null, figures: NonNullable<Grid['figures']>): string => {
  if (summary === null) return '-'
  const median = formatNumber(summary.median)
  return figures === 'median' ? median : `${median} / ${formatNumber(summary.p99)}`
}

const renderEnvironment = (environment: Environment): string => {
  const { date, commit, changed, node, platform, cores, processor, loadBefore, loadAfter } = environment
  const version = `commit ${commit?.slice(0, 10) ?? 'unknown'}${changed ? ' with changes' : ''}`
  return `${date.slice(0, 10)}, ${version}, Node ${node}, ${platform}, ${cores} cores (${processor}), load average ${loadBefore} before and ${loadAfter} after.`
}
