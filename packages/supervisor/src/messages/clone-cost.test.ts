import { serialize } from 'node:v8'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cloneCost } from './clone-cost.ts'

const values = fc.anything({
  maxDepth: 6,
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
})

const cost = (value: unknown): number => cloneCost(serialize(value), Number.POSITIVE_INFINITY)

describe('what a structured clone will cost', () => {
  test('is told of every value that V8 writes', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(cost(value)).toBeGreaterThan(0)
      }),
      { numRuns: 2000 },
    )
  })

  test.each<[string, unknown]>([
    ['strings of two-byte characters', ['a', 'žluťoučký kůň', { ключ: '值' }]],
    ['regular expressions, dates and boxed values', [/x+/gi, new Date(0), Object('text'), Object(1), Object(true)]],
    ['large and negative bigints', [-(2n ** 200n), 0n, Object(5n)]],
    ['Buffers and views', [Buffer.from('bytes'), new Uint16Array(5), new DataView(new ArrayBuffer(9), 1)]],
    ['ArrayBuffers, also resizable ones', [new ArrayBuffer(8), new ArrayBuffer(8, { maxByteLength: 64 })]],
    ['errors', [new RangeError('x'), new Error('y', { cause: { deep: [new Error('z', { cause: 1 })] } }), 3]],
    [
      'holes and properties of arrays',
      [Object.assign([1, undefined, 3], { extra: true }), Object.assign([], { 1000: 1 })],
    ],
  ])('%s', (_title, value) => {
    expect(cost(value)).toBeGreaterThan(0)
  })

  test('grows with every object, however few bytes it takes on the wire', () => {
    const empty = Array.from({ length: 10_000 }, () => ({}))
    expect(cost(empty)).toBeGreaterThan(10_000 * 40)
    expect(cost({ text: 'x'.repeat(10_000) })).toBeGreaterThan(10_000)
  })

  test('is not looked for beyond the limit', () => {
    expect(cloneCost(serialize(Array.from({ length: 10_000 }, () => ({}))), 1000)).toBeLessThan(2000)
  })

  test.each([
    ['break off', Buffer.from([0xff, 15, 0x22, 9, 1])],
    ['have an unknown tag', Buffer.from([0xff, 15, 0x07])],
    ['have no version', Buffer.from([0x6f, 0x7b, 0])],
  ])('bytes that %s are refused', (_title, bytes) => {
    expect(() => cloneCost(bytes, Number.POSITIVE_INFINITY)).toThrow(Error)
  })
})
