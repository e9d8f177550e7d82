import { expect, test } from 'vitest'
import { boundedCall, CallTimeoutError } from './bounded-call.ts'

test('gives what the function gives, and throws what it throws', () => {
  const error = new TypeError('mine')
  expect(boundedCall(1_000, () => ({ a: 1 }))).toEqual({ a: 1 })
  expect(() =>
    boundedCall(1_000, () => {
      throw error
    }),
  ).toThrow(error)
})

test('ends a loop and a regular expression that would not end', () => {
  expect(() =>
    boundedCall(20, () => {
      for (;;);
    }),
  ).toThrow(CallTimeoutError)
  expect(() => boundedCall(20, () => /^(a+)+$/.test(`${'a'.repeat(60)}!`))).toThrow('took longer than 20 ms')
  expect(boundedCall(1_000, () => 'as before')).toBe('as before')
})
