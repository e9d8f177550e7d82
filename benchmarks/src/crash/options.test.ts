import { expect, test } from 'vitest'
import { parseCrashOptions } from './options.ts'

test('25 kills unless asked otherwise', () => {
  expect(parseCrashOptions(['--', '--seed', '3'])).toMatchObject({ kills: 25, seed: 3, json: false, write: false })
  expect(parseCrashOptions(['--kills', '1000', '--json'])).toMatchObject({ kills: 1000, json: true })
})

test.each([['--kills', '0'], ['--kills', 'many'], ['--seed', '-1'], ['--seed', ''], ['--all']])(
  '%s %s is refused',
  (...args) => {
    expect(() => parseCrashOptions(args)).toThrow(expect.objectContaining({ name: 'UsageError' }))
  },
)
