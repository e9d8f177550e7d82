import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AgentResultError } from './agent-errors.ts'
import { toJsonValue } from './json-value.ts'

describe('toJsonValue', () => {
  it('gives any JSON value back as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // JSON itself does not tell -0 from 0.
        expect(JSON.stringify(toJsonValue(value))).toBe(JSON.stringify(value))
      }),
    )
  })

  it('leaves out properties that are undefined and calls toJSON', () => {
    const when = new Date(0)
    expect(toJsonValue({ a: undefined, when })).toEqual({ when: '1970-01-01T00:00:00.000Z' })
  })

  it('keeps a property called __proto__ as a property', () => {
    const value: unknown = JSON.parse('{"__proto__":{"polluted":true}}')
    const copy = toJsonValue(value)
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"polluted":true}}')
    expect((copy as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  const cyclic: Record<string, unknown> = {}
  cyclic['self'] = [cyclic]
  const deep = Array.from({ length: 10_000 }).reduce<unknown>((inner) => [inner], 1)
  it.each([
    ['$.items[1].run', { items: [1, { run: () => 1 }] }, 'a function'],
    ['$["two words"]', { 'two words': new Map() }, 'Map'],
    ['$[0]', [undefined], 'undefined'],
    ['$.size', { size: 10n }, 'bigint'],
    ['$.ratio', { ratio: Number.NaN }, 'NaN'],
    ['$', Symbol('x'), 'symbol'],
    ['$.self[0]', cyclic, 'contains itself'],
    ['$.error', { error: new Error('lost') }, 'Error'],
  ])('names %s as the value that is not JSON', (path, value, reason) => {
    const attempt = (): unknown => toJsonValue(value)
    expect(attempt).toThrow(AgentResultError)
    expect(attempt).toThrow(expect.objectContaining({ code: 'AGENT_RESULT_INVALID', path }))
    expect(attempt).toThrow(reason)
  })

  it('refuses what is nested too deep instead of running out of stack', () => {
    expect(() => toJsonValue(deep)).toThrow(AgentResultError)
  })
})
