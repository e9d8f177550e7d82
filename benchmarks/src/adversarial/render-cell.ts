import type { Answer, CellRecord } from './cell.ts'
import type { Trouble } from './task.ts'
import type { Verdict } from './verdict.ts'

/** One cell of the table, and of the progress on a terminal. */
export const describeCell = (record: CellRecord, verdict: Verdict): string => {
  const { report } = record
  if (verdict.kind === 'error') return `error: ${report.startError ?? 'no report'}`
  const notes = verdict.troubles.flatMap((trouble) => note(trouble, record))
  const tries = record.isSecondTry ? ['second try'] : []
  const ends = verdict.kind === 'ended' ? [] : [`**${fate(record)}**`]
  return [...ends, ...answerOf(report.answer, verdict), ...notes, ...tries].join(' · ').replaceAll('|', '\\|')
}

const fate = ({ report, end }: CellRecord): string => {
  if (end.how === 'hang') return `hang (${report.stage})`
  if (end.how === 'memory-cap') return 'died at the memory cap'
  return `died ${end.signal ?? `exit ${end.exitCode}`}`
}

const answerOf = (answer: Answer | undefined, { isValueWrong }: Verdict): string[] => {
  if (answer === undefined) return []
  if (answer.kind === 'lost') return ['**lost**']
  return [isValueWrong ? `**value** ${answer.text}` : title(answer), duration(answer.afterMs)]
}

const title = ({ kind, outcome, name, code, text }: Answer): string => {
  if (outcome !== undefined) return `${outcome.status} ${outcome.cause}${outcome.wedged ? ', wedged' : ''}`
  if (kind === 'value') return 'value'
  return code ?? (name === undefined || name === 'Error' ? `error "${text.slice(0, 40)}"` : name)
}

const duration = (ms: number): string => (ms < 10_000 ? `${ms} ms` : `${Math.round(ms / 1000)} s`)

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'} left`

const note = (trouble: Trouble, { report, processesLeft, end }: CellRecord): string[] => {
  const { left, longestStallMs = 0, next } = report
  switch (trouble) {
    case 'next':
      return [`**next task: ${next?.text}**`]
    case 'late':
      return ['**late**']
    case 'close':
      return ['close never ends']
    case 'exit':
      return ['exit hangs']
    case 'stall':
      return [`stalled ${duration(longestStallMs)}`]
    case 'threads':
      return [count(left?.threads.length ?? 0, 'thread')]
    case 'fds':
      return [count(left?.fds.length ?? 0, 'fd')]
    case 'port':
      return ['port open']
    case 'processes':
      return [processesLeft.length > 0 ? processCount(processesLeft.length) : 'processes until closed']
    case 'died':
      return end.how === 'left' ? [`**${end.signal} while leaving**`] : []
    default:
      return []
  }
}

const processCount = (number: number): string => `${number} ${number === 1 ? 'process' : 'processes'} left`
