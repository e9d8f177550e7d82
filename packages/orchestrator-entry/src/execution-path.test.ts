import { evaluateUseWorkers } from '@mayfly/feature-flags'
import { describe, expect, test } from 'vitest'
import { chooseExecutionPath } from './execution-path.ts'

const flag = (value?: string) => evaluateUseWorkers({ environment: value === undefined ? {} : { USE_WORKERS: value } })

const LONG = 'Implement authentication'
const SHORT = 'Fix login bug'

describe('the decision tree', () => {
  test.each([
    [undefined, 'auto', LONG, 'legacy', 'Using legacy in-process execution (worker pattern disabled)'],
    ['false', 'auto', LONG, 'legacy', 'Using legacy in-process execution (worker pattern disabled)'],
    ['true', 'auto', LONG, 'worker', 'Using worker pattern for long-running task'],
    ['true', 'auto', SHORT, 'legacy', 'Using legacy in-process execution (task is short-running)'],
    ['true', 'legacy', LONG, 'legacy', 'Using legacy in-process execution (mode legacy)'],
    ['true', 'worker', SHORT, 'worker', 'Using worker pattern (mode worker)'],
    [undefined, 'worker', SHORT, 'worker', 'Using worker pattern (mode worker)'],
    ['flase', 'auto', LONG, 'legacy', 'Using legacy in-process execution (worker pattern disabled)'],
  ] as const)('USE_WORKERS=%s, mode %s, "%s" → %s', (value, mode, prompt, executionMode, line) => {
    expect(chooseExecutionPath(flag(value), mode, prompt, 0.3)).toMatchObject({ executionMode, line })
  })

  test('an explicit false beats a forced worker', () => {
    expect(() => chooseExecutionPath(flag('FALSE '), 'worker', LONG, 0.5)).toThrow(
      expect.objectContaining({ code: 'WORKERS_DISABLED' }),
    )
  })

  test('the reason says which rule decided', () => {
    expect(chooseExecutionPath(flag('true'), 'auto', LONG, 0.5).reason).toContain('implement')
  })
})
