import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Histogram } from './histogram.ts'

const expectNear = (value: number, lowest: number, highest: number): void => {
  expect(value).toBeGreaterThanOrEqual(lowest * 0.99 - 0.002)
  expect(value).toBeLessThanOrEqual(highest * 1.01 + 0.002)
}

test('its figures are within one per cent and two microseconds of the exact ones, in milliseconds', () => {
  const times = fc.array(fc.double({ min: 0, max: 3_600_000, noNaN: true }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(times, (recorded) => {
      const histogram = new Histogram()
      for (const time of recorded) histogram.record(time)
      const sorted = recorded.toSorted((left, right) => left - right)
      const { count, mean, p50, p90, p99, max } = histogram.summary()
      expect(count).toBe(recorded.length)
      const exactMean = recorded.reduce((sum, time) => sum + time, 0) / recorded.length
      expectNear(mean, exactMean, exactMean)
      expectNear(max, sorted.at(-1) ?? 0, sorted.at(-1) ?? 0)
      for (const [value, share] of [
        [p50, 0.5],
        [p90, 0.9],
        [p99, 0.99],
      ] as const) {
        // Which of two neighbours a percentile between them is, is a matter of taste.
        const rank = share * sorted.length
        expectNear(value, sorted[Math.max(0, Math.floor(rank) - 1)] ?? 0, sorted[Math.ceil(rank) - 1] ?? 0)
      }
    }),
  )
})

test('what cannot be is recorded at the nearest that can, and an empty one is all 0', () => {
  const histogram = new Histogram()
  expect(histogram.summary()).toEqual({ count: 0, mean: 0, p50: 0, p90: 0, p99: 0, max: 0 })
  histogram.record(-5)
  histogram.record(Number.MAX_VALUE)
  expect(histogram.summary().count).toBe(2)
})
