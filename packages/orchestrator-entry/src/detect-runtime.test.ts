import { expect, test } from 'vitest'
import { detectRuntime } from './detect-runtime.ts'

test.each([
  [{ CLAUDECODE: '1' }, 'claude_code'],
  [{ CLAUDE_CODE_ENTRYPOINT: 'cli' }, 'claude_code'],
  [{ CURSOR_AGENT: '1' }, 'cursor'],
  [{ CURSOR_TRACE_ID: 'abc' }, 'cursor'],
  [{ CLAUDECODE: '' }, 'cli_wrapper'],
  [{}, 'cli_wrapper'],
] as const)('%j is %s', (environment, runtime) => {
  expect(detectRuntime(environment)).toBe(runtime)
})
