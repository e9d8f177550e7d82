import { expect, test } from 'vitest'
import { EndedSessions, type SessionResult } from './ended-sessions.ts'
import { TaskError } from './errors.ts'
import type { Outcome } from './session/outcome.ts'

const MB = 1024 * 1024

const result = (sessionId: string, bytes: number): SessionResult => ({
  ok: true,
  value: new Uint8Array(bytes),
  outcome: { sessionId } as SessionResult['outcome'],
})

const known = (sessions: EndedSessions, ids: readonly string[]): string[] =>
  ids.filter((sessionId) => sessions.get(sessionId) !== undefined)

test('knows the last 1,000', () => {
  const sessions = new EndedSessions()
  const ids = Array.from({ length: 1200 }, (_, index) => `s${index}`)
  for (const id of ids) sessions.add(result(id, 8))
  expect(known(sessions, ids)).toEqual(ids.slice(200))
})

test('knows fewer when their errors are large', () => {
  const sessions = new EndedSessions()
  const ids = Array.from({ length: 200 }, (_, index) => `s${index}`)
  for (const sessionId of ids) {
    const error = new TaskError('x'.repeat(MB / 2), { sessionId, status: 'failed' } as Outcome)
    sessions.add({ ok: false, error, outcome: error.outcome })
  }
  expect(known(sessions, ids).length).toBeLessThan(64)
})

test('knows fewer when their values are large, and always the last', () => {
  const sessions = new EndedSessions()
  for (const id of ['a', 'b', 'c']) sessions.add(result(id, 30 * MB))
  expect(known(sessions, ['a', 'b', 'c'])).toEqual(['b', 'c'])
  sessions.add(result('huge', 200 * MB))
  expect(known(sessions, ['a', 'b', 'c', 'huge'])).toEqual(['huge'])
  sessions.add(result('small', 8))
  expect(known(sessions, ['huge', 'small'])).toEqual(['small'])
})
