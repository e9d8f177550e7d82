import { taskNamed } from './catalogue/index.ts'
import type { CellRecord } from './cell.ts'
import { isTier } from './task.ts'
import { deviations } from './verdict.ts'

/** One test for each cell of our tiers, in the format whose totals CI counts. */
export const renderTap = (records: readonly CellRecord[]): string => {
  const ours = records.filter(({ subject }) => isTier(subject))
  const results = ours.map((record) => ({
    title: `${record.subject}: ${record.task}`,
    problems: deviations(record, taskNamed(record.task)),
  }))
  const failed = results.filter(({ problems }) => problems.length > 0).length
  const lines = results.map(
    ({ title, problems }, index) =>
      `${problems.length === 0 ? 'ok' : 'not ok'} ${index + 1} - ${title}${problems.map((text) => `\n# ${text}`).join('')}`,
  )
  const totals = [`# tests ${ours.length}`, `# pass ${ours.length - failed}`, `# fail ${failed}`]
  return `${['TAP version 13', ...lines, `1..${ours.length}`, ...totals].join('\n')}\n`
}
