import { describe, expect, test } from 'vitest'
import { taskNamed } from './catalogue/index.ts'
import type { CellRecord } from './cell.ts'
import { deadRecord, exampleAnswer, exampleRecord } from './example-matrix.ts'
import { describeCell } from './render-cell.ts'
import { deviations, judge, mayBeSlowness } from './verdict.ts'

const seen = (record: CellRecord): string => describeCell(record, judge(record, taskNamed(record.task)))
const deviationsOf = (record: CellRecord): string[] => deviations(record, taskNamed(record.task))
const left = { threads: [], fds: [], port: false, processes: 0 }

describe('a cell of which all is known', () => {
  test('as it should be', () => {
    expect(seen(exampleRecord())).toBe('failed exit · 12 ms')
    expect(deviationsOf(exampleRecord())).toEqual([])
  })

  test.each([
    [{ next: { isFine: false, text: 'never settled', afterMs: 3000 } }, '**next task: never settled**', 'next'],
    [{ left: { ...left, threads: ['a', 'b'] } }, '2 threads left', 'threads'],
    [{ left: { ...left, fds: ['socket'] } }, '1 fd left', 'fds'],
    [{ left: { ...left, port: true } }, 'port open', 'port'],
    [{ left: { ...left, processes: 1 } }, 'processes until closed', 'processes'],
    [{ closedInMs: null }, 'close never ends', 'close'],
    [{ longestStallMs: 2100 }, 'stalled 2100 ms', 'stall'],
    [{ answer: { ...exampleAnswer, afterMs: 9000 } }, '**late**', 'late'],
  ])('%j shows and is a deviation', (report, text, trouble) => {
    const record = exampleRecord({ report })
    expect(seen(record)).toContain(text)
    expect(deviationsOf(record)).toEqual([`undeclared: ${trouble}`])
  })

  test.each([
    ['an answer that came late', { answer: { ...exampleAnswer, afterMs: 9000 } }, true],
    [
      'a late answer and a thread left',
      { answer: { ...exampleAnswer, afterMs: 9000 }, left: { ...left, threads: ['a'] } },
      false,
    ],
    ['a lost outcome', { answer: { kind: 'lost', text: 'never settled', afterMs: 6000 } as const }, false],
    ['nothing', {}, false],
  ])('%s may be the machine’s slowness: %j %j', (_what, report, isExpected) => {
    const record = exampleRecord({ report })
    expect(mayBeSlowness(record, taskNamed(record.task))).toBe(isExpected)
  })

  test('a lost outcome has no cause to be wrong', () => {
    const record = exampleRecord({ report: { answer: { kind: 'lost', text: 'never settled', afterMs: 6000 } } })
    expect(seen(record)).toBe('**lost**')
    expect(deviationsOf(record)).toEqual(['undeclared: lost'])
  })

  test('processes that are left count, and so does an exit that hangs', () => {
    const record = exampleRecord({ processesLeft: ['sleep 600.1'], end: { isExitStuck: true, signal: 'SIGKILL' } })
    expect(seen(record)).toBe('failed exit · 12 ms · exit hangs · 1 process left')
    expect(deviationsOf(record)).toEqual(['undeclared: exit', 'undeclared: processes'])
  })

  test('a crash after it had said that it leaves is a death', () => {
    const record = exampleRecord({ end: { signal: 'SIGSEGV', exitCode: null } })
    expect(seen(record)).toBe('failed exit · 12 ms · **SIGSEGV while leaving**')
    expect(deviationsOf(record)).toEqual(['undeclared: died'])
  })

  test('another cause than the declared ones is a deviation', () => {
    const outcome = { status: 'completed', cause: 'result', phase: 'cooperative', wedged: false } as const
    const answer = { ...exampleAnswer, kind: 'value', outcome: { ...outcome, exitCode: null, signal: null } } as const
    expect(deviationsOf(exampleRecord({ report: { answer } }))).toEqual(['cause result, expected exit'])
  })
})

describe('a cell whose process did not come to its end', () => {
  test('it died', () => {
    expect(seen(deadRecord())).toBe('**died SIGABRT**')
    expect(deviationsOf(deadRecord())).toEqual(['undeclared: died'])
  })

  test('a declared death is no deviation, in the tier that declares it', () => {
    const thread = deadRecord({ task: 'kill-sigkill', end: { signal: 'SIGKILL' } })
    expect(deviationsOf(thread)).toEqual([])
    expect(deviationsOf({ ...thread, subject: 'mayfly-process' })).toEqual(['undeclared: died'])
  })

  test('it hung, or grew too large', () => {
    expect(seen(deadRecord({ end: { how: 'hang' } }))).toBe('**hang (submitted)**')
    expect(seen(deadRecord({ end: { how: 'memory-cap' } }))).toBe('**died at the memory cap**')
  })

  test('it died after the answer had come', () => {
    expect(seen(deadRecord({ report: { stage: 'settled', answer: exampleAnswer } }))).toBe(
      '**died SIGABRT** · failed exit · 12 ms',
    )
  })

  test('a subject that could not start is an error, and a deviation only if it is ours', () => {
    const record = deadRecord({ report: { stage: 'opened', startError: 'not there' }, end: { how: 'left' } })
    expect(seen(record)).toBe('error: not there')
    expect(deviationsOf(record)).toEqual(['could not be tried: not there'])
    expect(deviationsOf({ ...record, subject: 'piscina' })).toEqual([])
  })

  test('what happens before the task is not the task’s', () => {
    expect(judge(deadRecord({ report: { stage: 'warmed' } }), taskNamed('spin')).kind).toBe('error')
  })
})

describe('somebody else’s subject', () => {
  test('is shown by the error that its caller sees, and never deviates', () => {
    const answer = { kind: 'error', text: 'aborted', name: 'AbortError', afterMs: 400 } as const
    const record = exampleRecord({ subject: 'piscina', report: { answer } })
    expect(seen(record)).toBe('AbortError · 400 ms')
    expect(deviationsOf(record)).toEqual([])
  })

  test('a value of a task that has made none is a lie', () => {
    const answer = { kind: 'value', text: 'null', afterMs: 4 } as const
    expect(seen(exampleRecord({ subject: 'jest-worker', report: { answer } }))).toBe('**value** null · 4 ms')
  })
})
