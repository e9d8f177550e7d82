import { expect, test } from 'vitest'
import { complexityScore } from './complexity-score.ts'

test.each([
  ['high', 0.8],
  ['medium', 0.5],
  ['low', 0.3],
  [undefined, 0.5],
] as const)('complexity %s is %s', (label, score) => {
  expect(complexityScore(label)).toBe(score)
})

test.each(['High', 'extreme', '', '__proto__', 'constructor', 0.5, null, ['high']])('label %j is refused', (label) => {
  const score = () => complexityScore(label as never)
  expect(score).toThrow(expect.objectContaining({ name: 'ComplexityUnknownError', code: 'COMPLEXITY_UNKNOWN' }))
  expect(score).toThrow('Expected complexity "high", "medium" or "low"')
})
