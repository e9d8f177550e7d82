import { expect, test } from 'vitest'
import { workerMark, workersOfMark } from './worker-marker.ts'

test('a session in a task of another supervisor carries the marks of both, and none of them twice', () => {
  expect(workerMark('inner', undefined)).toBe('inner')
  const mark = workerMark('inner', 'outer')
  expect(workersOfMark(mark)).toEqual(['outer', 'inner'])
  expect(workerMark('inner', mark)).toBe(mark)
})
