import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineReader } from './line-reader.ts'

function read(pieces: readonly Uint8Array[], longestLine: number): { lines: string[]; skipped: number } {
  const lines: string[] = []
  const reader = new LineReader({ longestLine, onLine: (line) => void lines.push(line) })
  for (const piece of pieces) reader.push(piece)
  reader.end()
  return { lines, skipped: reader.skipped }
}

const line = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => !text.includes('\n'))

describe('LineReader', () => {
  it('gives every line that is no longer than allowed, and counts the others, wherever the stream is cut', () => {
    const cases = fc.record({ lines: fc.array(line), size: fc.integer({ min: 1, max: 50 }), longest: fc.nat(60) })
    fc.assert(
      fc.property(cases, ({ lines, size, longest }) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''))
        const count = Math.ceil(bytes.byteLength / size)
        const pieces = Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size))
        const fits = (text: string): boolean => Buffer.byteLength(text) <= longest
        expect(read(pieces, longest)).toEqual({
          lines: lines.filter((text) => text !== '' && fits(text)),
          skipped: lines.filter((text) => !fits(text)).length,
        })
      }),
    )
  })

  it('gives a last line that has no end', () => {
    expect(read([Buffer.from('a\nb')], 10)).toEqual({ lines: ['a', 'b'], skipped: 0 })
  })

  it('goes on after a line that was too long', () => {
    expect(read([Buffer.from('12345'), Buffer.from('67890\nnext\n')], 6)).toEqual({ lines: ['next'], skipped: 1 })
  })
})
