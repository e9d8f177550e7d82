import { expect, test } from 'vitest'
import { assertRunId } from './run-id.ts'

test.each(['r', '7', 'run-1', 'Run_2.b-C', `r${'x'.repeat(127)}`])('%s is a run id', (id) => {
  expect(() => assertRunId(id)).not.toThrow()
})

test.each([
  '',
  '.',
  '..',
  '.hidden',
  '-option',
  'a..b',
  'a/b',
  'a\\b',
  'a b',
  'a\n',
  'a\0',
  'é',
  `r${'x'.repeat(128)}`,
  undefined as never,
])('%j is none', (id) => {
  expect(() => assertRunId(id)).toThrow(expect.objectContaining({ code: 'RUN_ID_INVALID' }))
})
