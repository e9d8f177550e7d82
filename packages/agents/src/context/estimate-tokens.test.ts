import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { estimateTokens } from './estimate-tokens.ts'
// Counted once by js-tiktoken 1.0.21 (cl100k, o200k) and @anthropic-ai/tokenizer 0.0.4 (claude).
import samples from './fixtures/token-counts.json' with { type: 'json' }

const anyText = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }))
const bytesOf = (text: string): number => Buffer.byteLength(text)

describe('estimateTokens', () => {
  it.each(samples)('is not below what tokenizers count: $name', ({ text, counts }) => {
    expect(estimateTokens(text)).toBeGreaterThanOrEqual(Math.max(counts.cl100k, counts.o200k, counts.claude))
  })

  it('is of use: prose and code are not estimated at three times their tokens', () => {
    for (const name of ['English Markdown', 'TypeScript', 'shell', 'JSON of figures']) {
      const { text = '', counts } = samples.find((sample) => sample.name === name) ?? {}
      expect(estimateTokens(text)).toBeLessThan(3 * (counts?.cl100k ?? 0))
    }
  })

  it('is the number of bytes, which no byte-level tokenizer exceeds, for whatever is neither an ASCII letter nor a space', () => {
    const others = anyText.map((text) => text.replace(/[A-Za-z ]/g, ''))
    fc.assert(fc.property(others, (text) => estimateTokens(text) === bytesOf(text)))
  })

  it('lies between half of the bytes and all of them', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(estimateTokens(text)).toBeLessThanOrEqual(bytesOf(text))
        expect(estimateTokens(text)).toBeGreaterThanOrEqual(bytesOf(text) / 2)
      }),
    )
  })

  it('never goes down when text is added, and whole lines add up', () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        const line = `${one}\n`
        expect(estimateTokens(one + other)).toBeGreaterThanOrEqual(estimateTokens(one))
        expect(estimateTokens(line + other)).toBeLessThanOrEqual(estimateTokens(line) + estimateTokens(other))
        expect(estimateTokens(line + other)).toBeGreaterThanOrEqual(estimateTokens(line) + estimateTokens(other) - 1)
      }),
    )
  })
})
