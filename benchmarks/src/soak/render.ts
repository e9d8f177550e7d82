import type { Environment } from '../common/environment.ts'
import { formatTable } from '../common/table.ts'
import type { SoakFindings } from './soak.ts'
import type { Check } from './verdict.ts'

export interface SoakReport extends SoakFindings {
  readonly environment: Environment
  readonly seed: number
  readonly restMs: number
  readonly checks: readonly Check[]
}

export const renderSoak = (report: SoakReport): string => {
  const { warmUp, tasks, seed, restMs, tookMs, checks, heap, outcomesByCause, environment, worst } = report
  const { date, commit, changed, node, platform, cores, processor } = environment
  const perSecond = (tasks / (tookMs / 1000)).toFixed(0)
  return [
    '# A long day',
    `${tasks} tasks, four at a time, after ${warmUp} that do not count: they make garbage, fill Buffers, talk, fail, exit, hang, spin, leave child processes behind; one in ten runs in a process. The supervising process is looked at after garbage collections, before, during, and ${restMs / 1000} s after.`,
    formatTable(
      [['', 'found', 'holds'], ...checks.map(({ title, found, ok }) => [title, found, ok ? 'yes' : '**no**'])],
      'text',
    ),
    formatTable([
      ['tasks ended', 'heap (MB)'],
      ...heap.filter((_, index) => index % 4 === 3).map(({ x, y }) => [String(x), (y / 1024 ** 2).toFixed(2)]),
    ]),
    `Highest resident memory ${worst.rssMb} MB; ${perSecond} tasks per second. Ends: ${Object.entries(outcomesByCause)
      .map(([cause, count]) => `${count} ${cause}`)
      .join(', ')}.`,
    `${date.slice(0, 10)}, commit ${commit?.slice(0, 10) ?? 'unknown'}${changed ? ' with changes' : ''}, seed ${seed}, Node ${node}, ${platform}, ${cores} cores (${processor}).`,
    `Made by \`pnpm soak --tasks ${tasks} --seed ${seed} --write\` out of \`soak.json\`.`,
  ].join('\n\n')
}

export const renderSoakTap = (checks: readonly Check[]): string =>
  [
    'TAP version 13',
    `1..${checks.length}`,
    ...checks.map(({ title, found, ok }, index) => `${ok ? 'ok' : 'not ok'} ${index + 1} - ${title} (${found})`),
    `# tests ${checks.length}`,
    `# pass ${checks.filter(({ ok }) => ok).length}`,
    `# fail ${checks.filter(({ ok }) => !ok).length}`,
    '',
  ].join('\n')
