import { expect } from 'vitest'
import type { Outcome } from '../../session/outcome.ts'
import { type CaseGroup, outcomeOf, tasksOf } from '../conformance-case.ts'
import type { Bench } from '../tiers.ts'

const tasks = tasksOf('tasks.ts')
const failures = tasksOf('failures.ts')

const enforced = (bench: Bench): boolean => bench.tier.cannot.memoryLimits === undefined

const expectFigures = (outcome: Outcome): void => {
  const { peakHeapMb, peakExternalMb, peakRssMb, cpuMs, queuedMs, startedInMs, ranMs, stoppedInMs } = outcome
  for (const figure of [queuedMs, startedInMs, ranMs]) expect(figure).toBeGreaterThanOrEqual(0)
  for (const figure of [peakHeapMb, peakExternalMb, peakRssMb, cpuMs, stoppedInMs]) {
    if (figure !== null) expect(figure).toBeGreaterThanOrEqual(0)
  }
  expect(peakHeapMb).toBeGreaterThan(0)
}

export const outcomes: CaseGroup = {
  title: 'outcome',
  cases: [
    {
      title: 'a completed task has a value and a complete record',
      run: async (bench) => {
        const { sessionId, result, outcome } = bench.submit(tasks('add', [1, 2]))
        expect(await result).toBe(3)
        const { peakHeapMb, peakExternalMb, peakRssMb, cpuMs, queuedMs, startedInMs, ranMs, ...rest } = await outcome
        expect(rest).toEqual({
          sessionId,
          status: 'completed',
          cause: 'result',
          phase: 'cooperative',
          isolation: bench.tier.name,
          enforced: enforced(bench),
          fuse: enforced(bench) ? 'set' : 'none',
          heapLimitMb: expect.any(Number),
          attempt: 1,
          exitCode: null,
          signal: null,
          stoppedInMs: null,
          wedged: false,
        })
        expectFigures(await outcome)
      },
    },
    {
      title: 'a failed task has the same record',
      run: async (bench) => {
        const completed = await outcomeOf(bench, tasks('add', [1, 2]))
        const failed = await outcomeOf(bench, failures('throwCustomError'), { attempt: 3 })
        expect(Object.keys(failed)).toEqual(Object.keys(completed))
        expect(failed).toMatchObject({ status: 'failed', cause: 'error', phase: 'cooperative', attempt: 3 })
        expectFigures(failed)
      },
    },
  ],
}
