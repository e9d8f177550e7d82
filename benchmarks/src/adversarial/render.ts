import { formatTable } from '../common/table.ts'
import { catalogue, taskNamed } from './catalogue/index.ts'
import type { CellRecord } from './cell.ts'
import type { Matrix } from './matrix.ts'
import { describeCell } from './render-cell.ts'
import { type AdversarialTask, type TaskGroup, tiers } from './task.ts'
import { deviations, judge, type Verdict } from './verdict.ts'

export const renderMatrix = (matrix: Matrix): string =>
  [
    '# The adversarial matrix',
    intro,
    renderSummary(matrix),
    ...renderDeviations(matrix),
    ...catalogue.flatMap((group) => renderGroup(group, matrix)),
    '## Declared limits',
    renderLimits(matrix),
    '## What each subject lacks',
    Object.entries(matrix.lacks)
      .map(([subject, lacks]) => `- ${withVersion(subject, matrix)}: ${lacks}`)
      .join('\n'),
    renderHead(matrix),
  ].join('\n\n')

const intro = `Every cell is a process of its own: it makes a pool, runs a harmless task, then the dangerous one with a
time limit, then a harmless one again, looks at what was left behind, closes the pool and leaves. "ms" is the time from the call
to its caller's answer. **died** is the death of that process, **hang** that it stopped answering, **lost** that its caller
never got an answer, **late** that it came more than a second after the time limit and the grace. "All as it should be" counts the cells without any of
the troubles in the columns after it, and with a stall of less than a second.`

const subjectsOf = ({ records }: Matrix): string[] => [...new Set(records.map(({ subject }) => subject))]

const withVersion = (subject: string, { versions }: Matrix): string =>
  versions[subject] === undefined ? subject : `${subject} ${versions[subject]}`

interface Judged {
  readonly record: CellRecord
  readonly verdict: Verdict
}

const judgedOf = (subject: string, { records }: Matrix): Judged[] =>
  records
    .filter((record) => record.subject === subject)
    .map((record) => ({ record, verdict: judge(record, taskNamed(record.task)) }))

const columns: Readonly<Record<string, (verdict: Verdict) => boolean>> = {
  'all as it should be': ({ kind, troubles, isValueWrong }) =>
    kind === 'ended' && troubles.length === 0 && !isValueWrong,
  survived: ({ kind }) => kind === 'ended',
  died: ({ kind }) => kind === 'died',
  hang: ({ kind }) => kind === 'hang',
  'lost outcome': ({ troubles }) => troubles.includes('lost'),
  late: ({ troubles }) => troubles.includes('late'),
  'wrong value': ({ isValueWrong }) => isValueWrong,
  'next task not fine': ({ troubles }) => troubles.includes('next'),
  'could not close': ({ troubles }) => troubles.includes('close'),
  'left something': ({ troubles }) =>
    troubles.some((trouble) => ['threads', 'fds', 'port', 'processes'].includes(trouble)),
  'stalled its caller': ({ troubles }) => troubles.includes('stall'),
  'could not start': ({ kind }) => kind === 'error',
}

const renderSummary = (matrix: Matrix): string =>
  formatTable([
    ['subject', 'tasks', ...Object.keys(columns)],
    ...subjectsOf(matrix).map((subject) => {
      const judged = judgedOf(subject, matrix)
      const count = (is: (verdict: Verdict) => boolean): string =>
        String(judged.filter(({ verdict }) => is(verdict)).length)
      return [withVersion(subject, matrix), String(judged.length), ...Object.values(columns).map(count)]
    }),
  ])

const renderDeviations = ({ records }: Matrix): string[] => {
  const lines = records.flatMap((record) =>
    deviations(record, taskNamed(record.task)).map((text) => `- ${record.subject}, ${record.task}: ${text}`),
  )
  return lines.length === 0 ? [] : ["## Deviations of Mayfly's tiers", lines.join('\n')]
}

const renderGroup = ({ title, tasks }: TaskGroup, matrix: Matrix): string[] => {
  const subjects = subjectsOf(matrix)
  const rows = tasks.flatMap((task) => {
    const records = matrix.records.filter((record) => record.task === task.name)
    return records.length === 0 ? [] : [row(task, subjects, records)]
  })
  const head = ['task', 'what it does', 'expected of Mayfly', ...subjects]
  return rows.length === 0 ? [] : [`## ${title}`, formatTable([head, ...rows], 'text')]
}

const row = (task: AdversarialTask, subjects: readonly string[], records: readonly CellRecord[]): string[] => [
  task.name,
  task.about,
  expectation(task),
  ...subjects.map((subject) => {
    const record = records.find((candidate) => candidate.subject === subject)
    return record === undefined ? '-' : describeCell(record, judge(record, task))
  }),
]

const expectation = ({ causes, limits }: AdversarialTask): string => {
  const [thread, process] = tiers.map((tier) =>
    [...causes[tier], ...Object.keys(limits[tier]).map((trouble) => `may: ${trouble}`)].join(', '),
  )
  return thread === process ? `${thread}` : `thread: ${thread}; process: ${process}`
}

const renderLimits = ({ records }: Matrix): string => {
  const names = new Set(records.map(({ task }) => task))
  const reasons = new Map<string, Set<string>>()
  for (const task of catalogue.flatMap(({ tasks }) => tasks).filter(({ name }) => names.has(name))) {
    for (const tier of tiers) {
      for (const [trouble, reason] of Object.entries(task.limits[tier])) {
        const key = `${tier}: ${reason} (${trouble})`
        reasons.set(key, (reasons.get(key) ?? new Set()).add(task.name))
      }
    }
  }
  return (
    [...reasons].map(([reason, tasks]) => `- ${reason}: ${[...tasks].join(', ')}`).join('\n') || 'None for these tasks.'
  )
}

const renderHead = (matrix: Matrix): string => {
  const { environment, seed, tookMs, records, versions } = matrix
  const { date, node, platform, cores, processor } = environment
  const others = subjectsOf(matrix).filter((subject) => versions[subject] !== undefined)
  const tried = [`Node ${node}`, ...others.map((subject) => withVersion(subject, matrix))].join(', ')
  return `${date.slice(0, 10)}, ${renderCommits(records)}, ${tried}; ${platform}, ${cores} cores (${processor}); two cells at a
time, the last run with seed ${seed} in ${Math.round(tookMs / 1000)} s.

Made by \`pnpm adversarial --write\` out of \`adversarial.json\`.`
}

/** Subjects may have been tried at different times. */
const renderCommits = (records: readonly CellRecord[]): string => {
  const commits = Map.groupBy(records, ({ commit }) => commit ?? 'unknown')
  const names = (of: readonly CellRecord[]): string => [...new Set(of.map(({ subject }) => subject))].join(', ')
  if (commits.size === 1) return `commit ${[...commits.keys()].join('')}`
  return [...commits].map(([commit, of]) => `commit ${commit} (${names(of)})`).join(', ')
}
