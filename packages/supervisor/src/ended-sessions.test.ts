import { expect, test } from 'vitest'
import { EndedSessions, type SessionResult } from './ended-sessions.ts'
import { TaskError } from './errors.ts'
import type { LogLine } from './messages/messages.ts'
import { LogRing } from './session/log-ring.ts'
import type { Outcome } from './session/outcome.ts'

const MB = 1024 * 1024

const ended = (resultBytes = 0, ...lines: readonly LogLine[]): { log: LogRing; resultBytes: number } => {
  const log = new LogRing()
  for (const line of lines) log.add(line)
  return { log, resultBytes }
}

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
  for (const id of ids) sessions.add(result(id, 8), ended())
  expect(known(sessions, ids)).toEqual(ids.slice(200))
})

test('knows fewer when their errors are large', () => {
  const sessions = new EndedSessions()
  const ids = Array.from({ length: 200 }, (_, index) => `s${index}`)
  for (const sessionId of ids) {
    const error = new TaskError('x'.repeat(MB / 2), { sessionId, status: 'failed' } as Outcome)
    sessions.add({ ok: false, error, outcome: error.outcome }, ended())
  }
  expect(known(sessions, ids).length).toBeLessThan(64)
})

test('knows fewer when their values are large, and always the last', () => {
  const sessions = new EndedSessions()
  for (const id of ['a', 'b', 'c']) sessions.add(result(id, 30 * MB), ended(30 * MB))
  expect(known(sessions, ['a', 'b', 'c'])).toEqual(['b', 'c'])
  sessions.add(result('huge', 200 * MB), ended(200 * MB))
  expect(known(sessions, ['a', 'b', 'c', 'huge'])).toEqual(['huge'])
  sessions.add(result('small', 8), ended())
  expect(known(sessions, ['huge', 'small'])).toEqual(['small'])
})

test('does not believe that a large value is small', () => {
  const sessions = new EndedSessions()
  for (const id of ['a', 'b', 'c']) sessions.add(result(id, 30 * MB), ended(7))
  expect(known(sessions, ['a', 'b', 'c'])).toEqual(['c'])
})

test('knows the log of each, and fewer when their logs are large', () => {
  const sessions = new EndedSessions()
  const ids = Array.from({ length: 600 }, (_, index) => `s${index}`)
  const lines = Array.from({ length: 20 }, (_, at) => ({ at, source: 'log', text: 'x'.repeat(8000) }) as const)
  for (const id of ids) sessions.add(result(id, 8), ended(0, ...lines))
  expect(sessions.find('s599')?.log?.read().lines).toHaveLength(16)
  expect(known(sessions, ids).length).toBeLessThan(300)
})
