import { expect, test } from 'vitest'
import { durationMs } from './duration.ts'

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  [' 1.5 m ', 90_000],
  ['2min', 120_000],
  ['1h', 3_600_000],
  ['0s', 0],
  ['24h', 86_400_000],
])('%j is %s ms', (written, duration) => {
  expect(durationMs(written)).toBe(duration)
})

test.each(['', '10', '-1s', '1d', '1e3s', '1s 2s', 'constructor', '600h', '99999999999999s'])(
  '%j is none',
  (written) => {
    expect(durationMs(written)).toBeUndefined()
  },
)
