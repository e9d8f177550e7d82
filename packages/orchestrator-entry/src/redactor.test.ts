import { expect, test } from 'vitest'
import { createRedactor } from './redactor.ts'

const redactor = createRedactor({
  OPENAI_API_KEY: 'sk-abcdefgh',
  NPM_TOKEN: 'sk-abcdefgh-longer',
  HOME: '/home/somebody',
  SHORT_TOKEN: 'abc',
})

test('takes the values of secret variables out of text, the longest first', () => {
  expect(redactor.text('used sk-abcdefgh-longer and sk-abcdefgh in /home/somebody, abc')).toBe(
    'used [redacted] and [redacted] in /home/somebody, abc',
  )
})

test('does so in every string of a JSON value and leaves the rest as it is', () => {
  const value = { a: ['x sk-abcdefgh', 1, null], 'sk-abcdefgh': { b: true } }
  expect(redactor.json(value)).toEqual({ a: ['x [redacted]', 1, null], '[redacted]': { b: true } })
  expect(createRedactor({}).json(value)).toBe(value)
})
