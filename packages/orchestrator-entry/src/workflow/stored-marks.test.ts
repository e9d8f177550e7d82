import type { StepMark } from '@mayfly/run-store'
import { blankMemory } from '@mayfly/workflows'
import { expect, test } from 'vitest'
import { newRunState, parseRunState } from './run-state.ts'
import { toStored } from './step-memory.ts'
import { StoredMarks } from './stored-marks.ts'

const aRow = (step: number, memory: StepMark['memory'] = null): StepMark => ({
  ...{ step, number: step, status: 'completed', round: 0, agent: 'a', executionMode: null, memory },
})

const marksOf = (rows: readonly StepMark[], state = newRunState()): StoredMarks =>
  new StoredMarks({ stepAt: (step) => rows[step], counts: {}, stepsThatAre: () => [] }, state)

const again = { ...blankMemory, round: 2, sentBack: 1, feedback: 'again' }
const rejected = {
  ...{ ...blankMemory, approved: true },
  error: { code: 'APPROVAL_REJECTED', message: 'no' } as const,
}

test('what is remembered of a step is what was put into its row, and nothing where it is as it began', () => {
  expect(toStored(blankMemory, false)).toBeNull()
  const marks = marksOf([aRow(0), aRow(1, toStored(again, false)), aRow(2, toStored(rejected, false))])
  expect(marks.at(0)).toEqual({ ...blankMemory, step: 0, status: 'completed' })
  expect(marks.at(1)).toEqual({ ...again, step: 1, status: 'completed' })
  expect(marks.at(2)).toEqual({ ...rejected, step: 2, status: 'completed' })
  expect(marks.at(3)).toBeUndefined()
})

test('a run that remembers all of its steps together, as it did before, goes on', () => {
  const { sentBack: _sentBack, ...earlier } = newRunState()
  const state = parseRunState({ ...earlier, memory: { 0: again, 1: again } } as never)
  expect(state.sentBack).toBe(2)
  // Of the second step something has been written since: that it is as it began.
  const marks = marksOf([aRow(0), aRow(1, toStored(blankMemory, true)), aRow(2)], state)
  expect([0, 1, 2].map((step) => marks.at(step)?.round)).toEqual([2, 0, 0])
  expect(marks.sentBack).toBe(2)
})

test('a step is the same object whenever it is asked for: what has changed in it is told by identity', () => {
  const marks = marksOf([aRow(0, toStored(rejected, false))])
  expect(marks.at(0)).toBe(marks.at(0))
})
