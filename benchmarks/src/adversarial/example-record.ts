import type { Answer, CellEnd, CellRecord, CellReport } from './cell.ts'

/* Records for tests: a cell in which all is as it should be, and what differs from it. */

export const exampleAnswer: Answer = {
  kind: 'error',
  text: 'the worker exited with code 0 without a result',
  name: 'TaskError',
  code: 'TASK_FAILED',
  afterMs: 12,
  outcome: { status: 'failed', cause: 'exit', phase: 'cooperative', wedged: false, exitCode: 0, signal: null },
}

const report: CellReport = {
  stage: 'leaving',
  answer: exampleAnswer,
  longestStallMs: 11,
  next: { isFine: true, text: '3', afterMs: 15 },
  left: { threads: [], fds: [], port: false, processes: 0 },
  closedInMs: 1,
}

const end: CellEnd = {
  how: 'left',
  exitCode: 0,
  signal: null,
  isExitStuck: false,
  afterMs: 600,
  peakResidentMb: 90,
}

interface Difference {
  readonly subject?: string
  readonly task?: string
  readonly report?: Partial<CellReport>
  readonly end?: Partial<CellEnd>
  readonly processesLeft?: readonly string[]
}

export const exampleRecord = (difference: Difference = {}): CellRecord => ({
  subject: difference.subject ?? 'mayfly-thread',
  task: difference.task ?? 'exit-0',
  report: { ...report, ...difference.report },
  end: { ...end, ...difference.end },
  processesLeft: difference.processesLeft ?? [],
})

/** The process ended in the middle of its task. */
export const deadRecord = (difference: Difference = {}): CellRecord => ({
  ...exampleRecord({ ...difference, end: { how: 'died', exitCode: null, signal: 'SIGABRT', ...difference.end } }),
  report: { stage: 'submitted', ...difference.report },
})
