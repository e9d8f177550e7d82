import { serialize } from 'node:v8'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeFrame, FrameDecoder } from './frames.ts'
import { REHEARSAL } from './messages.ts'

const decode = (pieces: readonly Buffer[]): unknown[] => {
  const decoder = new FrameDecoder()
  return pieces.flatMap((piece) => [...decoder.push(piece)])
}

const cut = (bytes: Buffer, sizes: readonly number[]): Buffer[] => {
  const pieces: Buffer[] = []
  let at = 0
  for (const size of sizes) {
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return [...pieces, bytes.subarray(at)]
}

const values = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
})

describe('frames', () => {
  test.each([
    ['a function', () => {}],
    ['a symbol', Symbol('x')],
    ['a proxy', { proxy: new Proxy(new Map(), {}) }],
    ['a proxy of plain data', new Proxy({ a: 1 }, {})],
    ['a promise', Promise.resolve()],
    ['shared memory', [new SharedArrayBuffer(1)]],
    ['a port', new MessageChannel().port1],
  ])('refuse %s with the error that a thread has for it', (_title, value) => {
    expect(() => encodeFrame(value)).toThrow(expect.objectContaining({ name: 'DataCloneError' }))
  })

  test('bring every value across as structured clone would, in whatever pieces', () => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 5 }), fc.array(fc.nat({ max: 40 })), (given, sizes) => {
        const bytes = Buffer.concat(given.map(encodeFrame))
        expect(decode(cut(bytes, sizes))).toEqual(given.map((value) => structuredClone(value)))
      }),
      { numRuns: 500 },
    )
  })

  test('keep what JSON would change', () => {
    const shared = { a: 1 }
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    const [got] = decode([encodeFrame({ a: shared, b: shared, c: -0, d: undefined, e: Number.NaN, circular })]) as [
      Record<string, never>,
    ]
    expect(got['a']).toBe(got['b'])
    expect(got).toMatchObject({ c: -0, d: undefined, e: Number.NaN })
    expect(got['circular']?.['self']).toBe(got['circular'])
    expect(Object.hasOwn(got, 'd')).toBe(true)
  })

  test('keep the holes of a list, also one that has as many keys as items', () => {
    const holed = Object.assign(new Array(2), { 1: 'item', beside: true })
    const [got] = decode([encodeFrame(holed)]) as [typeof holed]
    expect(Object.entries(got)).toEqual([
      ['1', 'item'],
      ['beside', true],
    ])
  })

  test('are JSON for plain data of up to a megabyte: what V8 reads instead it keeps for long', () => {
    const isJson = (value: unknown): boolean => encodeFrame(value)[4] === 1
    expect(isJson(REHEARSAL)).toBe(true)
    expect(isJson({ type: 'log', line: { at: 1, source: 'log', text: 'x' } })).toBe(true)
    expect(isJson(Array.from({ length: 16_000 }, (_, index) => ({ index })))).toBe(true)
    expect(isJson({ text: 'x'.repeat(1_000_000) })).toBe(true)
    expect(isJson({ text: 'x'.repeat(1_100_000) })).toBe(false)
    expect(isJson('é'.repeat(600_000))).toBe(false)
  })

  test.each([
    ['that announce too much', Buffer.from([0xff, 0xff, 0xff, 0xff, 1])],
    ['that announce too much JSON', Buffer.from([0, 0x20, 0, 0, 1])],
    ['of an unknown format', Buffer.from([0, 0, 0, 1, 9, 0])],
    ['that are no JSON', Buffer.from([0, 0, 0, 1, 1, 0x7b])],
    ['that are no structured clone', Buffer.from([0, 0, 0, 2, 2, 0xff, 0x7f])],
  ])('refuse bytes %s', (_title, bytes) => {
    expect(() => decode([bytes])).toThrow(Error)
  })

  test('fit their limits, whatever escapes their text needs', () => {
    const texts = ['\u0001'.repeat(60_000), '\u0001'.repeat(1_000_000)]
    expect(decode(texts.map(encodeFrame))).toEqual(texts)
    const longKey = { ['\u0001'.repeat(1_000_000)]: 1 }
    expect(decode([encodeFrame(longKey)])).toEqual([longKey])
  })

  test('come whole when their bytes come one by one', () => {
    const value = { text: 'x'.repeat(100_000) }
    const bytes = [...encodeFrame(value)].map((byte) => Buffer.from([byte]))
    expect(decode(bytes)).toEqual([value])
  })

  test('bring a large value across in many pieces', () => {
    const large = { text: 'x'.repeat(8_000_000), bytes: new Uint8Array(8_000_000) }
    const frame = encodeFrame(large)
    const pieces = Array.from({ length: Math.ceil(frame.length / 65_536) }, (_, index) =>
      frame.subarray(index * 65_536, (index + 1) * 65_536),
    )
    expect(serialize(decode(pieces)[0]).equals(serialize(large))).toBe(true)
  })

  test('are refused before they are read when they would take much more than their bytes', () => {
    const frame = encodeFrame(Array.from({ length: 200_000 }, () => ({})))
    expect(frame.length).toBeLessThan(1024 * 1024)
    expect(() => [...new FrameDecoder(1024 * 1024).push(frame)]).toThrow('more memory than any may')
    expect([...new FrameDecoder().push(frame)]).toHaveLength(1)
  })
})
