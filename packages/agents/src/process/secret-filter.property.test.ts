import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SecretFilter } from './secret-filter.ts'

const secrets = ['sk-ant-0123456789', 'sk-ant-0123456789-longer', 'with "quotes" and \\', 'ümlaut-kéy-🎉']

/** Texts in which secrets, and beginnings of secrets, are frequent. */
const pieces = fc.oneof(
  fc.constantFrom(...secrets),
  fc.constantFrom(...secrets).chain((secret) => fc.nat(secret.length).map((length) => secret.slice(0, length))),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
)
const texts = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''))

function filter(bytes: Buffer, cuts: readonly number[]): string {
  const secretFilter = new SecretFilter(secrets)
  const places = [0, ...cuts.toSorted((left, right) => left - right), bytes.byteLength]
  const passed = places.map((from, index) => secretFilter.push(bytes.subarray(from, places[index + 1])).slice())
  return Buffer.concat([...passed, secretFilter.end()]).toString()
}

describe('SecretFilter', () => {
  it('lets no secret through, wherever the stream is cut, as it is and as JSON writes it', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(400), { maxLength: 20 }), fc.boolean(), (text, places, isJson) => {
        const bytes = Buffer.from(isJson ? JSON.stringify(text) : text)
        const passed = filter(
          bytes,
          places.filter((place) => place < bytes.byteLength),
        )
        for (const secret of secrets) expect(passed).not.toContain(secret)
        for (const secret of secrets) expect(passed).not.toContain(JSON.stringify(secret).slice(1, -1))
      }),
      { numRuns: 500 },
    )
  })

  it('passes on every other byte, in its order, also without a secret to look for', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat(200)), (bytes, places) => {
        const cuts = places.filter((place) => place < bytes.length)
        expect(filter(Buffer.from(bytes), cuts)).toBe(Buffer.from(bytes).toString())
      }),
    )
    expect(new SecretFilter([]).push(Buffer.from('all of it')).toString()).toBe('all of it')
  })

  it('does not take a short value for a secret', () => {
    expect(new SecretFilter(['test', '1']).text('test 1')).toBe('test 1')
  })

  it('holds back no more than the beginning of a secret', () => {
    const secretFilter = new SecretFilter(['0123456789'])
    expect(Buffer.from(secretFilter.push(Buffer.from('abc01234'))).toString()).toBe('abc')
    expect(Buffer.from(secretFilter.push(Buffer.from('x'))).toString()).toBe('01234x')
  })
})
