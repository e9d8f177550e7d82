import fc from 'fast-check'
import { expect, test } from 'vitest'
import { likelyWord, spellingDistance } from './spelling-distance.ts'

test.each([
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
  ['inptus', 'inputs', 1],
  ['same', 'same', 0],
])('from %j to %j are %s changes', (one, other, distance) => {
  expect(spellingDistance(one, other)).toBe(distance)
})

test('it is the same both ways, and nothing only for the same word', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (one, other) => {
      const distance = spellingDistance(one, other)
      return distance === spellingDistance(other, one) && (distance === 0) === (one === other)
    }),
  )
})

test.each([
  ['imputs', 'inputs'],
  ['runs', 'run'],
  ['is', undefined],
  ['plan', undefined],
  ['validation', undefined],
])('%j probably means %j', (written, word) => {
  expect(likelyWord(written, ['run', 'id', 'inputs', 'steps', 'outputs'])).toBe(word)
})
