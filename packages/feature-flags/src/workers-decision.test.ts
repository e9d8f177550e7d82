import { describe, expect, test } from 'vitest'
import { evaluateUseWorkers, type FlagInput } from './flag-evaluation.ts'
import { type ModeRequest, resolveWorkers } from './workers-decision.ts'
import { WorkersDisabledError } from './workers-disabled-error.ts'

const unset: FlagInput = { environment: {} }
const on: FlagInput = { environment: { USE_WORKERS: 'true' } }
const off: FlagInput = { environment: { USE_WORKERS: 'false' } }
const unreadable: FlagInput = { environment: { USE_WORKERS: 'of\u0007f' } }
const offInFile: FlagInput = { environment: {}, file: { useWorkers: false } }
const offByOption: FlagInput = { environment: { USE_WORKERS: 'true' }, option: false }

describe('a mode that is granted', () => {
  const cases: [string, FlagInput, ModeRequest, boolean][] = [
    ['unset', unset, 'auto', false],
    ['unset', unset, 'legacy', false],
    ['unset', unset, 'worker', true],
    ['on', on, 'auto', true],
    ['on', on, 'legacy', false],
    ['on', on, 'worker', true],
    ['off', off, 'auto', false],
    ['off', off, 'legacy', false],
    ['unreadable', unreadable, 'auto', false],
    ['unreadable', unreadable, 'legacy', false],
    ['off in the file', offInFile, 'auto', false],
  ]

  test.each(cases)('with the flag %s (%j), mode %s means workers: %s', (_name, input, mode, enabled) => {
    const decision = resolveWorkers(evaluateUseWorkers(input), mode)
    expect(decision.enabled).toBe(enabled)
    expect(decision.reason).not.toBe('')
  })
})

describe('a worker that is refused', () => {
  test.each([
    ['off in the environment', off, 'USE_WORKERS is false'],
    ['off although the option says on', { ...off, option: true }, 'USE_WORKERS is false'],
    ['unreadable', unreadable, '"off"'],
    ['off in the file', offInFile, 'useWorkers is false'],
    ['off by the option of the same call', offByOption, 'the caller'],
  ])('with the flag %s', (_name, input, named) => {
    const evaluation = evaluateUseWorkers(input)
    const force = () => resolveWorkers(evaluation, 'worker')
    expect(force).toThrow(WorkersDisabledError)
    expect(force).toThrow(expect.objectContaining({ code: 'WORKERS_DISABLED', evaluation }))
    expect(force).toThrow(named)
  })
})

test('a mode that does not exist is refused, saying which exist', () => {
  const decide = () => resolveWorkers(evaluateUseWorkers(on), 'turbo' as never)
  expect(decide).toThrow(expect.objectContaining({ code: 'MODE_UNKNOWN' }))
  expect(decide).toThrow('Expected mode auto, legacy or worker, got "turbo"')
})
