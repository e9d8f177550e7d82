import type { CellRecord } from './cell.ts'
import { limits } from './subjects/subject.ts'
import { type AdversarialTask, isTier, type Tier, type Trouble } from './task.ts'

/** Above it callers notice; below it two cells on two cores are in each other's way. */
const STALL_MS = 1000

/** What an answer may take beyond the time limit, the grace and, for a thread that is given up, the kill ladder. */
const LATE_MS = 1000

/**
 * What a cell came to. `error`: the subject could not be tried at all, which is no loss. `ended`: its caller got an
 * answer, or at least lived to see that none came.
 */
export interface Verdict {
  readonly kind: 'error' | 'died' | 'hang' | 'ended'
  readonly troubles: readonly Trouble[]
  /** Its caller got a value of a task that has made none. */
  readonly isValueWrong: boolean
}

export const judge = (record: CellRecord, task: AdversarialTask): Verdict => {
  const { report, end } = record
  if (report.startError !== undefined || isBeforeTheTask(record)) return plain('error')
  if (end.how === 'hang') return plain('hang', 'hang', ...leftBehind(record))
  if (end.how !== 'left') return plain('died', 'died', ...leftBehind(record))
  return {
    kind: 'ended',
    troubles: [...troublesInside(record, task), ...leftBehind(record)],
    isValueWrong: task.isValueWrong && report.answer?.kind === 'value',
  }
}

const plain = (kind: Verdict['kind'], ...troubles: Trouble[]): Verdict => ({ kind, troubles, isValueWrong: false })

/** The dangerous task cannot be to blame. */
const isBeforeTheTask = ({ report: { stage } }: CellRecord): boolean =>
  stage === undefined || stage === 'born' || stage === 'opened' || stage === 'warmed'

const troublesInside = (record: CellRecord, task: AdversarialTask): Trouble[] => {
  const { report, end } = record
  const { answer, next, left, longestStallMs = 0 } = report
  const signs: Readonly<Partial<Record<Trouble, boolean | undefined>>> = {
    died: end.signal !== null && !end.isExitStuck,
    lost: answer?.kind === 'lost',
    late: isLate(record, task),
    next: next?.isFine === false,
    close: report.closedInMs === null,
    exit: end.isExitStuck,
    stall: longestStallMs > STALL_MS,
    threads: (left?.threads.length ?? 0) > 0,
    fds: (left?.fds.length ?? 0) > 0,
    port: left?.port,
  }
  return (Object.keys(signs) as Trouble[]).filter((trouble) => signs[trouble])
}

const leftBehind = ({ report, processesLeft }: CellRecord): Trouble[] =>
  processesLeft.length > 0 || (report.left?.processes ?? 0) > 0 ? ['processes'] : []

const isLate = ({ report: { answer } }: CellRecord, { timeLimitMs }: AdversarialTask): boolean => {
  if (answer === undefined || answer.kind === 'lost') return false
  const wedgedMs = answer.outcome?.wedged ? 2 * limits.exitTimeoutMs : 0
  return answer.afterMs > timeLimitMs + limits.graceMs + wedgedMs + LATE_MS
}

/** How a cell of one of our tiers deviates from what its task declares; nothing for the other subjects. */
export const deviations = (record: CellRecord, task: AdversarialTask): string[] => {
  if (!isTier(record.subject)) return []
  const verdict = judge(record, task)
  if (verdict.kind === 'error') return [`could not be tried: ${record.report.startError ?? 'no report'}`]
  const allowed = task.limits[record.subject]
  const troubles = verdict.troubles.filter((trouble) => allowed[trouble] === undefined)
  return [...troubles.map((trouble) => `undeclared: ${trouble}`), ...unexpectedCause(record, task, record.subject)]
}

/** Nothing worse than a machine that was busy with something else: it says nothing about the tier. */
export const mayBeSlowness = (record: CellRecord, task: AdversarialTask): boolean => {
  const found = deviations(record, task)
  return found.length > 0 && found.every((text) => SLOWNESS.some((start) => text.startsWith(start)))
}

const SLOWNESS = ['undeclared: late', 'undeclared: stall', 'cause timeout,']

const unexpectedCause = ({ report: { answer } }: CellRecord, task: AdversarialTask, tier: Tier): string[] => {
  if (answer === undefined || answer.kind === 'lost') return []
  const cause = answer.outcome?.cause
  if (cause === undefined) return [`no outcome: ${answer.text}`]
  const expected = task.causes[tier]
  return expected.includes(cause) ? [] : [`cause ${cause}, expected ${expected.join(' or ')}`]
}
