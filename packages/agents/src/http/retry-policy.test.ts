import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultRetryPolicy, readRetryAfter, waitBefore } from './retry-policy.ts'

describe('readRetryAfter', () => {
  const now = Date.parse('2026-11-27T10:00:00Z')

  it.each([
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '1.5' }, 1_500],
    [{ 'retry-after': 'Fri, 27 Nov 2026 10:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Fri, 27 Nov 2026 09:00:00 GMT' }, 0],
    [{ 'retry-after': '7', 'retry-after-ms': '250' }, 250],
    [{ 'retry-after': '-5' }, null],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '' }, null],
    [{}, null],
  ])('reads %j as %j', (headers, expected) => {
    expect(readRetryAfter(headers as Record<string, string>, now)).toBe(expected)
  })
})

describe('waitBefore', () => {
  const policy = { retries: 3, firstWaitMs: 100, longestWaitMs: 1_000 }

  it('doubles the wait, up to the longest', () => {
    const waits = [1, 2, 3].map((tries) => waitBefore(tries, null, { ...policy, longestWaitMs: 300 }, 1))
    expect(waits).toEqual([100, 200, 300])
  })

  it('heeds what the endpoint asks for, more or less than its own', () => {
    expect(waitBefore(1, 900, policy, 1)).toBe(900)
    expect(waitBefore(3, 0, policy, 1)).toBe(0)
  })

  it('gives up on what asks for too much, and when the tries are used up', () => {
    expect(waitBefore(1, 1_001, policy, 1)).toBeNull()
    expect(waitBefore(4, 0, policy, 1)).toBeNull()
  })

  it('never waits longer than it may, and at least half of its turn', () => {
    const any = fc.record({
      tries: fc.integer({ min: 1, max: 100 }),
      random: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    fc.assert(
      fc.property(any, ({ tries, random }) => {
        const wait = waitBefore(tries, null, { ...defaultRetryPolicy, retries: 100 }, random) ?? -1
        const turn = Math.min(60_000, 1_000 * 2 ** (tries - 1))
        expect(wait).toBeGreaterThanOrEqual(turn / 2)
        expect(wait).toBeLessThanOrEqual(turn)
      }),
    )
  })
})
