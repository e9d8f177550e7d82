import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classifyEnd, type ErrorClass } from './error-class.ts'
import { decideRetry, type FailedAttempt } from './retry-decision.ts'

const failed = (given: Partial<FailedAttempt>): FailedAttempt => ({
  errorClass: 'transient',
  isolation: 'thread',
  attempt: 1,
  maxAttempts: 3,
  deadlineAt: null,
  backoffMs: 1000,
  repeatable: false,
  handsBack: false,
  ...given,
})

const decide = (given: Partial<FailedAttempt>) => decideRetry(failed(given), 5000, () => 0.5)

describe('a failed attempt', () => {
  test('is followed by another within a bound that doubles', () => {
    expect(decide({})).toEqual({ notBefore: 5500, because: 'attempt 2 of 3 follows in 500 ms' })
    expect(decide({ attempt: 2 })).toEqual({ notBefore: 6000, because: 'attempt 3 of 3 follows in 1000 ms' })
  })

  test.each<[string, Partial<FailedAttempt>, RegExp]>([
    ['when it was the last', { attempt: 3 }, /attempt 3 of 3 was the last/],
    ['when it was cancelled', { errorClass: 'cancelled' }, /cancelled/],
    ['when what it was given is wrong', { errorClass: 'invalid' }, /the same would happen/],
    ['when no time is left', { errorClass: 'deadline' }, /deadline has passed/],
    ['when the deadline comes first', { deadlineAt: 5400 }, /the deadline comes before/],
    [
      'when memory was short in a process too',
      { errorClass: 'memory', isolation: 'process' },
      /process of its own too/,
    ],
    ['when its process ends, in the foreground', { errorClass: 'shutdown', repeatable: true }, /its process ends/],
    ['when its host ends and it is not repeatable', { errorClass: 'shutdown', handsBack: true }, /not repeatable/],
  ])('is not followed by another %s', (_title, given, because) => {
    expect(decide(given)).toEqual({ notBefore: null, because: expect.stringMatching(because) })
  })

  test('of memory is followed by one in a process', () => {
    expect(decide({ errorClass: 'memory' }).because).toContain('in a process of its own')
  })

  test('that its host cut short goes back to the queue at once, when the step is repeatable', () => {
    expect(decide({ errorClass: 'shutdown', handsBack: true, repeatable: true }).notBefore).toBe(5000)
  })

  test('never waits beyond its bound, its deadline or a minute, and never makes more attempts than there are', () => {
    const classes: ErrorClass[] = ['shutdown', 'cancelled', 'deadline', 'memory', 'invalid', 'transient']
    const attempts = fc.record({
      errorClass: fc.constantFrom(...classes),
      isolation: fc.constantFrom('thread' as const, 'process' as const, null),
      attempt: fc.integer({ min: 1, max: 100 }),
      maxAttempts: fc.integer({ min: 1, max: 100 }),
      deadlineAt: fc.option(fc.integer({ min: 0, max: 100_000 })),
      backoffMs: fc.integer({ min: 0, max: 1_000_000 }),
      repeatable: fc.boolean(),
      handsBack: fc.boolean(),
    })
    fc.assert(
      fc.property(attempts, fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const { notBefore } = decideRetry(attempt, 5000, () => random)
        if (notBefore === null) return
        expect(attempt.attempt).toBeLessThan(attempt.maxAttempts)
        expect(notBefore - 5000).toBeGreaterThanOrEqual(0)
        expect(notBefore - 5000).toBeLessThanOrEqual(60_000)
        if (attempt.deadlineAt !== null && attempt.errorClass !== 'shutdown')
          expect(notBefore).toBeLessThan(attempt.deadlineAt)
      }),
    )
  })
})

test.each([
  ['user', null, 'cancelled'],
  ['shutdown', null, 'shutdown'],
  ['heap_soft', null, 'memory'],
  ['deadline', null, 'deadline'],
  ['timeout', null, 'transient'],
  ['exit', null, 'transient'],
  ['error', { name: 'Error', code: null }, 'transient'],
  ['error', { name: 'ZodError', code: null }, 'invalid'],
  ['result', { name: 'StepResultError', code: 'STEP_RESULT_INVALID' }, 'invalid'],
] as const)('an attempt with cause %s and error %o failed of what is %s', (cause, error, expected) => {
  expect(classifyEnd({ cause }, error)).toBe(expected)
})

test('what was refused before it began is refused again, unless the supervisor was closing', () => {
  expect(classifyEnd(null, { name: 'SupervisorError', code: 'TASK_EXCEEDS_BUDGET' })).toBe('invalid')
  expect(classifyEnd(null, { name: 'SupervisorError', code: 'SUPERVISOR_CLOSED' })).toBe('shutdown')
})
