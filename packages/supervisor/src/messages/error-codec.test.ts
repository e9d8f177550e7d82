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
