import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultLimits } from './limits.ts'
import { createQuery, type Query } from './query.ts'
import { splitIdentifier, stemOf } from './words.ts'

const query = (prompt: string): Query => createQuery(prompt, defaultLimits)
const wordsOf = (prompt: string): readonly string[] => query(prompt).terms.map(({ word }) => word)
const strengthOf = (prompt: string, identifier: string): number =>
  query(prompt)
    .match(identifier)
    .reduce((sum, { strength }) => sum + strength, 0)

describe('splitIdentifier', () => {
  it.each([
    ['parseHTTPHeader', ['parse', 'http', 'header']],
    ['snake_case_name', ['snake', 'case', 'name']],
    ['MAX_SIZE', ['max', 'size']],
    ['base64Url', ['base', '64', 'url']],
    ['größeÄndern', ['größe', 'ändern']],
    ['пользовательИмя', ['пользователь', 'имя']],
    ['用户登录', ['用户', '户登', '登录']],
    ['_', []],
  ])('splits %s', (identifier, words) => {
    expect(splitIdentifier(identifier)).toEqual(words)
  })

  it('reads both ways of writing an accent alike', () => {
    expect(splitIdentifier('cafe\u0301')).toEqual(splitIdentifier('caf\u00e9'))
  })
})

describe('stemOf', () => {
  it('gives words that differ in their ending one form', () => {
    expect(new Set(['validate', 'validates', 'validation', 'validating'].map(stemOf)).size).toBe(1)
  })
})

describe('createQuery', () => {
  it('keeps subjects and drops grammar, issue numbers and single letters', () => {
    expect(wordsOf('The retry of a webhook is x (#1234)')).toEqual(['retry', 'webhook'])
  })

  it('looks for two neighbouring words together too', () => {
    expect(strengthOf('feature flags', 'featureFlag')).toBe(
      strengthOf('feature', 'featureFlag') + strengthOf('flags', 'featureFlag') + 1,
    )
  })

  it('weighs what to do less than where, and the scope of a title more', () => {
    const weights = new Map(query('fix(store): update migrations').terms.map(({ word, weight }) => [word, weight]))
    expect(weights.get('fix')).toBeLessThan(1)
    expect(weights.get('update')).toBeLessThan(1)
    expect(weights.get('store')).toBeGreaterThan(1)
    expect(weights.get('migrations')).toBe(1)
  })

  it('finds the paths and file names that a prompt writes out', () => {
    expect(query('Look at ./src/Store.ts and package.json, not at e.g. this.').mentions).toEqual(
      expect.arrayContaining(['src/store.ts', 'package.json']),
    )
  })

  it('takes a short form for the long one, less surely than the word itself', () => {
    for (const [prompt, identifier] of [
      ['authentication', 'auth'],
      ['database', 'db'],
      ['plan', 'planner'],
    ] as const) {
      expect(strengthOf(prompt, identifier)).toBeGreaterThan(0)
      expect(strengthOf(prompt, identifier)).toBeLessThan(strengthOf(prompt, prompt))
    }
    expect(strengthOf('database', 'webhook')).toBe(0)
  })

  it('bounds the words of a prompt and says when it left some out', () => {
    const long = Array.from({ length: 500 }, (_, index) => `subject${index}x`).join(' ')
    expect(query(long)).toMatchObject({ truncated: true })
    expect(query(long).terms).toHaveLength(defaultLimits.promptWords)
    expect(query('short')).toMatchObject({ truncated: false })
  })

  it('reads any text', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string())
    fc.assert(
      fc.property(texts, texts, (prompt, identifier) => {
        const { terms, match } = query(prompt)
        for (const { term, strength } of match(identifier)) {
          expect(terms[term]).toBeDefined()
          expect(strength).toBeGreaterThan(0)
        }
      }),
    )
  })

  it.each([
    ['one letter', 'a'.repeat(10_000_000)],
    ['one word', 'login '.repeat(1_700_000)],
    ['slashes', '/'.repeat(10_000_000)],
    ['dots', 'a.'.repeat(5_000_000)],
    ['line breaks', '\n'.repeat(10_000_000)],
    ['a script without spaces', '登录'.repeat(5_000_000)],
  ])('reads a prompt of ten million characters that is %s', (_, prompt) => {
    expect(query(prompt).truncated).toBe(true)
  })
})
