import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawSchedule, type Round } from './schedule.ts'

const rounds = (seed: number, count: number): Round[] => {
  const schedule = drawSchedule(seed, { hosts: 2, leaseMs: 1000 })
  return Array.from({ length: count }, () => schedule.next().value)
}

test('the same seed is the same schedule, another seed another one', () => {
  expect(rounds(7, 20)).toEqual(rounds(7, 20))
  expect(rounds(8, 20)).not.toEqual(rounds(7, 20))
})

test('whatever the seed, each run has an id of its own and a host is stopped for longer than its lease', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (seed) => {
      const drawn = rounds(seed, 10)
      const ids = drawn.flatMap(({ submissions }) => submissions.map(({ runId }) => runId))
      expect(new Set(ids).size).toBe(ids.length)
      for (const { kind, forMs, host } of drawn.flatMap(({ actions }) => actions)) {
        expect([0, 1]).toContain(host)
        if (kind === 'stop-host') expect(forMs).toBeGreaterThan(1000)
      }
    }),
  )
})

test('everything that can happen does happen', () => {
  const kinds = new Set(rounds(1, 100).flatMap(({ actions }) => actions.map(({ kind }) => kind)))
  expect(kinds.size).toBe(7)
})
