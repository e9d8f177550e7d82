import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blockTokens } from './fence.ts'
import { ListSection } from './list-section.ts'

const lines = fc.array(
  fc.string({ maxLength: 20 }).map((text) => `${text.replaceAll('\n', '')}\n`),
  { minLength: 1, maxLength: 30 },
)

describe('ListSection', () => {
  it('says how many lines it does not show', () => {
    const section = new ListSection('plan', 'files', ['one\n', 'two\n', 'three\n'])
    expect(section.render(1)?.content).toBe('one\nand 2 more\n')
    expect(section.render(3)?.content).toBe('one\ntwo\nthree\n')
    expect(section.render(0)).toBeUndefined()
  })

  it('shows as many lines as fit with what it says about the others, and more with more room', () => {
    fc.assert(
      fc.property(lines, fc.nat(400), fc.nat(50), (all, tokens, more) => {
        const section = new ListSection('plan', 'files', all)
        const count = section.countWithin(tokens)
        const block = section.render(count)
        if (block !== undefined) expect(blockTokens(block)).toBeLessThanOrEqual(tokens)
        if (section.need <= tokens) expect(count).toBe(all.length)
        expect(section.countWithin(tokens + more)).toBeGreaterThanOrEqual(count)
      }),
    )
  })
})
