import { expect, test } from 'vitest'
import { decodeError, encodeError } from './error-codec.ts'

test('a thrown value that refuses to be read is told of all the same', () => {
  const refuse = (): never => {
    throw new Error('not for you')
  }
  const unreadable = new Proxy({}, { get: refuse, getPrototypeOf: refuse, ownKeys: refuse, has: refuse })
  expect(encodeError(unreadable)).toEqual({
    name: 'NonErrorThrown',
    message: 'The task threw object instead of an Error.',
  })
})

test('the errors of an AggregateError are bounded, however they are nested', () => {
  let nested = new AggregateError([], 'innermost')
  for (let depth = 0; depth < 20; depth++) nested = new AggregateError(Array(100).fill(nested), `level ${depth}`)
  expect(encodeError(nested).errors).toHaveLength(8)
  expect(JSON.stringify(encodeError(nested)).length).toBeLessThan(100_000)
})

test('a field that is too large is left out, without a look at its text', () => {
  const toJSON = (): never => expect.fail('was asked for its text')
  const error = Object.assign(new Error('x'), { code: 'E', body: { text: 'x'.repeat(1_000_000), toJSON }, left: 3 })
  expect(encodeError(error)).toMatchObject({ code: 'E', fields: { left: 3 } })
})

test('fields that a task makes up take the place of nothing', () => {
  const error = decodeError({ name: 'E', message: 'm', fields: { message: { toString: 1 }, name: 1, kept: true } })
  expect(error).toMatchObject({ name: 'E', message: 'm', kept: true })
})
