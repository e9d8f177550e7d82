import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { estimateTokens } from './estimate-tokens.ts'
import { blockTokens, firstAbsent, markFor, quoted, renderBlock } from './fence.ts'

describe('markFor', () => {
  it('is the same for the same texts and stands in none of them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string()), async (texts) => {
        const mark = await markFor(texts)
        expect(mark).toMatch(/^[a-p]{16}$/)
        expect(await markFor([...texts])).toBe(mark)
        const holding = await markFor([...texts, mark])
        expect(holding).not.toBe(mark)
      }),
    )
  })

  it('differs when text moves from one part to the next', async () => {
    expect(await markFor(['ab', 'c'])).not.toBe(await markFor(['a', 'bc']))
  })
})

describe('firstAbsent', () => {
  it('passes over a candidate that stands in one of the texts', () => {
    expect(firstAbsent(['has m0', 'xm1x'], (round) => `m${round}`)).toBe('m2')
  })
})

describe('renderBlock', () => {
  it('costs the same with every mark', async () => {
    const block = { kind: 'artifact', about: '"a.md" of step 0, whole', content: 'text' }
    const text = renderBlock(block, await markFor(['some text']))
    expect(estimateTokens(text)).toBe(blockTokens(block))
    expect(text.endsWith(`text\n<<<${await markFor(['some text'])} end>>>\n`)).toBe(true)
  })
})

describe('quoted', () => {
  it.each(['a\nb', 'a\u2028b', 'a\u0085b', '\u202egnp.exe', 'a\0', '\x1b[2J'])(
    'keeps %j on one visible line',
    (name) => {
      expect(quoted(name)).toMatch(/^"[\x20-\x7e]*"$/)
      expect(JSON.parse(quoted(name))).toBe(name)
    },
  )
})
