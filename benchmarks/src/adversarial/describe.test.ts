import { expect, test } from 'vitest'
import { describeError, describeValue, shorten } from './describe.ts'

test('text becomes one short line without the folders of this machine', () => {
  expect(shorten('one\n  two')).toBe('one two')
  expect(shorten('x'.repeat(300))).toHaveLength(120)
  expect(shorten("Cannot find '/home/me/task.mjs' imported from file:///srv/a.b/c-d/e.js")).toBe(
    "Cannot find '…/task.mjs' imported from …/e.js",
  )
  expect(shorten('/home/me/bin/node driver.ts 1/2')).toBe('…/node driver.ts 1/2')
})

test('hostile values and errors are described without being trusted', () => {
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error('no')
      },
    },
  )
  expect(describeValue(hostile)).toBe('a value that cannot be read')
  expect(describeError(hostile)).toEqual({ text: 'a value that cannot be read, which is no Error' })
  expect(describeError(undefined)).toEqual({ text: 'undefined, which is no Error' })
})

test('an error keeps its name, and a code that is text', () => {
  expect(describeError(Object.assign(new TypeError('bad'), { code: 'E_BAD' }))).toEqual({
    text: 'bad',
    name: 'TypeError',
    code: 'E_BAD',
  })
  expect(describeError(new DOMException('late', 'TimeoutError'))).toEqual({ text: 'late', name: 'TimeoutError' })
})
