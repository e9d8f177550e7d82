import { expect, test } from 'vitest'
import { sessionMark, sessionsOfMark } from './session-marker.ts'

test('a session in a task of another supervisor carries the marks of both, and none of them twice', () => {
  expect(sessionMark('inner', undefined)).toBe('inner')
  const mark = sessionMark('inner', 'outer')
  expect(sessionsOfMark(mark)).toEqual(['outer', 'inner'])
  expect(sessionMark('inner', mark)).toBe(mark)
})
