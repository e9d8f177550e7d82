import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { estimateSize } from './value-size.ts'

const LIMIT = 1024 * 1024

test.each([
  ['a long string', 'x'.repeat(LIMIT)],
  ['a Buffer', Buffer.alloc(LIMIT + 1)],
  ['many small objects', Array.from({ length: 40_000 }, (_, index) => ({ index }))],
  ['a Map of strings', new Map(Array.from({ length: 700 }, (_, index) => [index, 'x'.repeat(1024)]))],
  ['an array of a billion holes', new Array(1e9)],
  ['a few bytes of a large Buffer', Buffer.alloc(LIMIT + 1).subarray(0, 9)],
  ['a SharedArrayBuffer', new SharedArrayBuffer(LIMIT)],
  ['an error with a long message', { error: new Error('x'.repeat(LIMIT)) }],
  ['a Map of another context', runInNewContext(`new Map([[1, 'x'.repeat(${LIMIT})]])`)],
  ['a number of a million digits', 1n << BigInt(LIMIT * 8)],
  ['one long key', { ['k'.repeat(LIMIT)]: 1 }],
])('%s is above the limit', (_title, value) => {
  expect(estimateSize(value, LIMIT)).toBeGreaterThan(LIMIT)
})

test('what is small stays below it, cycles and throwing getters included', () => {
  const cycle: Record<string, unknown> = { name: 'small' }
  cycle['self'] = cycle
  const hostile = Object.defineProperty({}, 'trap', {
    enumerable: true,
    get() {
      throw new Error('no')
    },
  })
  for (const value of [cycle, hostile, null, undefined, 7, () => {}])
    expect(estimateSize(value, LIMIT)).toBeLessThan(1000)
})

test('never throws and never counts less than half of what its text takes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(estimateSize(value, LIMIT) * 4 + 64).toBeGreaterThanOrEqual(
        JSON.stringify(value).replaceAll(/[\d.,e+-]+/g, '').length / 2,
      )
    }),
  )
})
