import { expect } from 'vitest'
import { type CaseGroup, type ConformanceCase, errorOf, outcomeOf, resultOf, tasksOf } from '../conformance-case.ts'
import type { Bench } from '../tiers.ts'

const failures = tasksOf('failures.ts')
const tasks = tasksOf('tasks.ts')

const expectAlive = async (bench: Bench): Promise<void> => expect(await resultOf(bench, tasks('add', [1, 2]))).toBe(3)

const thrown = (title: string, name: string, cause: object): ConformanceCase => ({
  title,
  run: async (bench) => {
    expect(await errorOf(bench, failures(name))).toMatchObject({
      name: 'TaskError',
      code: 'TASK_FAILED',
      outcome: { status: 'failed', cause: 'error' },
      cause,
    })
  },
})

const notAnError = (what: string): object => ({
  name: 'NonErrorThrown',
  message: `The task threw ${what} instead of an Error.`,
})

const errorCases: readonly ConformanceCase[] = [
  thrown('an error keeps its name, message, code, fields and causes', 'throwCustomError', {
    name: 'QuotaError',
    message: 'too much',
    code: 'QUOTA',
    limits: { used: 3 },
    stack: expect.stringMatching(/QuotaError: too much\n.*throwCustomError.*failures\.ts/),
    cause: { name: 'TypeError', message: 'inner', cause: expect.anything() },
  }),
  thrown('a thrown undefined', 'throwUndefined', notAnError('undefined')),
  thrown('a thrown null', 'throwNull', notAnError('null')),
  thrown('a thrown string', 'throwString', notAnError('"only a string"')),
  thrown('a thrown symbol', 'throwSymbol', notAnError('Symbol(mark)')),
  thrown('a thrown proxy that refuses to be read', 'throwHostileProxy', notAnError('object')),
  thrown('a message of 100 MB is cut', 'throwHugeMessage', {
    message: expect.stringMatching(/^x{32768}… \(100000000 /),
  }),
  thrown('10,000 causes are cut', 'throwDeepCauses', { message: 'cause 9999', cause: { message: 'cause 9998' } }),
  thrown('a cause that is its own', 'throwCircularCause', { message: 'a circle', cause: { message: 'a circle' } }),
  thrown('the errors of an AggregateError', 'rejectAny', {
    name: 'AggregateError',
    errors: [
      { name: 'TypeError', message: 'first' },
      { name: 'QuotaError', code: 'QUOTA' },
    ],
  }),
  {
    title: 'an error thrown from a timer fails the task',
    needs: ['uncaughtErrors'],
    run: async (bench) => {
      const error = await errorOf(bench, failures('throwFromTimer'))
      expect(error).toMatchObject({ outcome: { cause: 'error' }, cause: { message: 'from a timer', code: 'LATE' } })
      await expectAlive(bench)
    },
  },
  {
    title: 'an unhandled rejection fails the task',
    needs: ['uncaughtErrors'],
    run: async (bench) => {
      const error = await errorOf(bench, failures('rejectUnhandled'))
      expect(error).toMatchObject({ outcome: { cause: 'error' }, cause: { name: 'RangeError' } })
      await expectAlive(bench)
    },
  },
]

const exitCases: readonly ConformanceCase[] = [
  ...[0, 7].flatMap((code) =>
    ['exitWith', 'exitLater'].map(
      (name): ConformanceCase => ({
        title: `${name} ${code} without a result is a failure`,
        needs: ['exit'],
        run: async (bench) => {
          expect(await outcomeOf(bench, failures(name, code))).toMatchObject({
            status: 'failed',
            cause: 'exit',
            phase: 'cooperative',
            exitCode: code,
            signal: null,
          })
          await expectAlive(bench)
        },
      }),
    ),
  ),
  {
    title: 'an exit code alone ends nothing: a task that then never settles runs into its time limit',
    needs: ['exit'],
    run: async (bench) => {
      const outcome = await outcomeOf(bench, failures('setExitCodeAndWait', 3), { timeoutMs: 300, graceMs: 20 })
      expect(outcome).toMatchObject({ status: 'timed_out', cause: 'timeout', phase: 'forced' })
    },
  },
  ...(['SIGKILL', 'SIGSEGV', 'SIGTERM'] as const).map(
    (signal): ConformanceCase => ({
      title: `${signal} to its own process is a failure that names the signal`,
      needs: ['crash'],
      run: async (bench) => {
        const outcome = await outcomeOf(bench, failures('killItself', signal))
        expect(outcome).toMatchObject({ status: 'failed', cause: 'exit', exitCode: null, signal })
        await expectAlive(bench)
      },
    }),
  ),
  {
    title: 'process.abort() is a failure',
    needs: ['crash'],
    run: async (bench) => {
      expect(await outcomeOf(bench, failures('abortItself'))).toMatchObject({ cause: 'exit', signal: 'SIGABRT' })
      await expectAlive(bench)
    },
  },
]

export const errors: CaseGroup = { title: 'errors', cases: errorCases }
export const exits: CaseGroup = { title: 'exits', cases: exitCases }
