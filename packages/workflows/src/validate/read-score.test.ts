import { expect, test } from 'vitest'
import { readScore } from './read-score.ts'

test.each<[unknown, number]>([
  [{ score: 7.5 }, 7.5],
  [{ score: 0 }, 0],
  [{ quality_score: 6, overall_score: 8 }, 8],
  [{ rating: 9 }, 9],
  [{ rating: { score: 4 } }, 4],
  [{ score: 'high', review: { overall_score: 3 } }, 3],
  [{ result: { score: 1 }, score: 2 }, 2],
  ['{"score": 5}', 5],
  [' ```json\n{"rating": 6}\n``` ', 6],
])('%j has %s', (output, score) => {
  expect(readScore(output)).toBe(score)
})

test.each<[unknown]>([
  [null],
  [undefined],
  [8],
  ['8'],
  ['The score is 8 of 10'],
  ['{"score": 5'],
  [{ score: '8' }],
  [{ score: '8/10' }],
  [{ score: Number.NaN }],
  [{ scores: [8, 9] }],
  [{ deep: { score: 8 } }],
  [[{ score: 8 }]],
])('%j has none', (output) => {
  expect(readScore(output)).toBeUndefined()
})
