import fc from 'fast-check'
import { expect, test } from 'vitest'
import { summarise } from './summary.ts'

test('percentiles are samples that were taken', () => {
  expect(summarise([5, 1, 4, 2, 3])).toEqual({ count: 5, median: 3, p99: 5, minimum: 1, maximum: 5, mean: 3 })
})

test('the figures stand in order, whatever the samples', () => {
  const samples = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 })
  fc.assert(
    fc.property(samples, (taken) => {
      const { minimum, median, p99, maximum } = summarise(taken)
      expect([minimum, median, p99, maximum]).toEqual([minimum, median, p99, maximum].sort((a, b) => a - b))
    }),
  )
})

test('no sample is no summary', () => {
  expect(() => summarise([])).toThrow(RangeError)
})
