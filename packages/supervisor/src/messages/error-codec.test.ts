import { expect, test } from 'vitest'
import { encodeError } from './error-codec.ts'

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
