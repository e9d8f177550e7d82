import { expect } from 'vitest'
import type { Outcome } from '../../session/outcome.ts'
import { type CaseGroup, type ConformanceCase, outcomeOf, resultOf, tasksOf } from '../conformance-case.ts'
import type { Bench } from '../tiers.ts'

const stubborn = tasksOf('stubborn.ts')
const contexts = tasksOf('contexts.ts')
const tasks = tasksOf('tasks.ts')

const limits = [
  ['timeoutMs', { timeoutMs: 150 }, 'timeout'],
  ['deadlineMs', { deadlineMs: 2000 }, 'deadline'],
  ['heartbeatTimeoutMs', { heartbeatTimeoutMs: 150 }, 'heartbeat'],
] as const

const cooperative = limits.map(
  ([name, limit, cause]): ConformanceCase => ({
    title: `${name}: a task that listens to its signal ends by itself`,
    run: async (bench) => {
      const outcome = await outcomeOf(bench, contexts('waitForAbort'), limit)
      expect(outcome).toMatchObject({ status: 'timed_out', cause, phase: 'cooperative' })
      expect(outcome.stoppedInMs).toBeGreaterThanOrEqual(0)
    },
  }),
)

const forced = limits.map(
  ([name, limit, cause]): ConformanceCase => ({
    title: `${name}: a task that never settles is ended by force`,
    run: async (bench) => {
      const outcome = await outcomeOf(bench, stubborn('neverSettle'), { ...limit, graceMs: 20 })
      expect(outcome).toMatchObject({ status: 'timed_out', cause, phase: 'forced', wedged: false })
    },
  }),
)

const endedBy = ({ name }: Bench['tier']): Partial<Outcome> =>
  name === 'process' ? { exitCode: null, signal: 'SIGTERM' } : { exitCode: 1, signal: null }

const spinning = ['spin', 'spinInMicrotasks'].map(
  (name): ConformanceCase => ({
    title: `timeoutMs: ${name} is ended by force`,
    needs: ['endsSpinning'],
    run: async (bench) => {
      const outcome = await outcomeOf(bench, stubborn(name), { timeoutMs: 150, graceMs: 20 })
      expect(outcome).toMatchObject({ status: 'timed_out', cause: 'timeout', phase: 'forced', ...endedBy(bench.tier) })
    },
  }),
)

const graceCases: readonly ConformanceCase[] = [
  {
    title: 'a task that answers its signal with an error has ended by itself',
    run: async (bench) => {
      const outcome = await outcomeOf(bench, stubborn('throwOnAbort'), { timeoutMs: 150 })
      expect(outcome).toMatchObject({ status: 'timed_out', cause: 'timeout', phase: 'cooperative' })
    },
  },
  {
    title: 'an abort listener that throws does not change why the task ended',
    needs: ['uncaughtErrors'],
    run: async (bench) => {
      const outcome = await outcomeOf(bench, stubborn('throwInAbortListener'), { timeoutMs: 150 })
      expect(outcome).toMatchObject({ status: 'timed_out', cause: 'timeout', phase: 'cooperative' })
    },
  },
  {
    title: 'a task that hears its signal and every other and goes on is ended by force',
    needs: ['endsSpinning'],
    run: async (bench) => {
      const lines: string[] = []
      const outcome = await outcomeOf(bench, stubborn('ignoreEverything'), {
        timeoutMs: 150,
        graceMs: 50,
        exitTimeoutMs: 1000,
        onLog: ({ text }) => lines.push(text),
      })
      expect(outcome).toMatchObject({ status: 'timed_out', cause: 'timeout', phase: 'forced', wedged: false })
      expect(lines).toContain('heard and ignored')
    },
  },
]

const queueCases: readonly ConformanceCase[] = [
  {
    title: 'queueTimeoutMs: a task that was not started in time never starts',
    needs: ['queue'],
    options: { maxWorkers: 1 },
    run: async (bench) => {
      bench.submit(stubborn('neverSettle'))
      const outcome = await outcomeOf(bench, tasks('add', [1, 2]), { queueTimeoutMs: 20 })
      expect(outcome).toMatchObject({ status: 'timed_out', cause: 'queue_timeout', startedInMs: null, ranMs: null })
    },
  },
  {
    title: 'queueTimeoutMs ends with the wait',
    needs: ['queue'],
    run: async (bench) => {
      const value = await resultOf(bench, contexts('beatNow', 400), { queueTimeoutMs: 200 })
      expect(value).toBe('alive')
    },
  },
  {
    title: 'deadlineMs counts the wait',
    needs: ['queue'],
    options: { maxWorkers: 1 },
    run: async (bench) => {
      bench.submit(stubborn('neverSettle'))
      const outcome = await outcomeOf(bench, tasks('add', [1, 2]), { deadlineMs: 50 })
      expect(outcome).toMatchObject({ status: 'timed_out', cause: 'deadline', startedInMs: null, ranMs: null })
    },
  },
]

export const clocks: CaseGroup = {
  title: 'clocks',
  cases: [...cooperative, ...forced, ...spinning, ...graceCases, ...queueCases],
}
