import { expect, test } from 'vitest'
import { slopeOf } from './slope.ts'

test('a slope is that of the line through the points', () => {
  expect(slopeOf([0, 1, 2, 3].map((x) => ({ x, y: 5 + 2 * x })))).toBe(2)
  expect(slopeOf([4, 4, 4].map((y, x) => ({ x, y })))).toBe(0)
  expect(slopeOf([{ x: 1, y: 1 }])).toBe(0)
})
