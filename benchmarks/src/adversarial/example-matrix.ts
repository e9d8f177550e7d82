import type { Answer, CellEnd, CellRecord, CellReport } from './cell.ts'
import type { Matrix } from './matrix.ts'

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
  commit: '0123456789',
  report: { ...report, ...difference.report },
  end: { ...end, ...difference.end },
  processesLeft: difference.processesLeft ?? [],
})

/** The process ended in the middle of its task. */
export const deadRecord = (difference: Difference = {}): CellRecord => ({
  ...exampleRecord({ ...difference, end: { how: 'died', exitCode: null, signal: 'SIGABRT', ...difference.end } }),
  report: { stage: 'submitted', ...difference.report },
})

export const exampleMatrix: Matrix = {
  environment: {
    date: '2026-01-02T03:04:05.000Z',
    commit: '0123456789abcdef',
    changed: false,
    node: 'v26.0.0',
    platform: 'linux x64',
    cores: 2,
    processor: 'a processor',
    loadBefore: 0.5,
    loadAfter: 1.5,
  },
  seed: 7,
  tookMs: 61_000,
  versions: { piscina: '5.0.0' },
  lacks: { 'mayfly-thread': 'This.', piscina: 'That.' },
  records: [
    exampleRecord(),
    deadRecord({ task: 'kill-sigkill', end: { signal: 'SIGKILL' } }),
    exampleRecord({
      subject: 'piscina',
      report: { answer: { kind: 'error', text: 'worker exited', name: 'Error', afterMs: 9 } },
    }),
    deadRecord({ subject: 'piscina', task: 'kill-sigkill', end: { signal: 'SIGKILL' } }),
  ],
}
