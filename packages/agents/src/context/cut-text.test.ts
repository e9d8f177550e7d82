import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutText } from './cut-text.ts'
import { estimateTokens } from './estimate-tokens.ts'

const lines = fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 20 }).map((all) => all.join('\n'))

describe('cutText', () => {
  it('cuts at the end of a line where little is lost, otherwise between characters', () => {
    expect(cutText('1234\n5678\n90', 11)).toBe('1234\n5678\n')
    expect(cutText('12\n3456789', 8)).toBe('12\n34567')
    expect(cutText('ééé', 5)).toBe('éé')
  })

  it('leaves nothing where nothing fits, not even an empty first line', () => {
    expect(cutText('\nrest', 0)).toBe('')
  })

  it('stays within the tokens, loses nothing that fits, and grows with them', () => {
    fc.assert(
      fc.property(lines, fc.nat(200), fc.nat(20), (text, tokens, more) => {
        const cut = cutText(text, tokens)
        expect(text.startsWith(cut)).toBe(true)
        expect(estimateTokens(cut)).toBeLessThanOrEqual(tokens)
        if (estimateTokens(text) <= tokens) expect(cut).toBe(text)
        expect(cutText(text, tokens + more).length).toBeGreaterThanOrEqual(cut.length)
      }),
    )
  })
})
