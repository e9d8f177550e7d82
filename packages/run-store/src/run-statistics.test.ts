import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anObservation, aSession, aStep } from './fixtures/records.ts'
import { scratchStore } from './fixtures/scratch.ts'
import type { ExecutionMode } from './run-record.ts'
import type { SessionRecord } from './session-record.ts'

/** The definition, said another way: the smallest value that at least 95 % of all do not exceed. */
function plainP95(durations: readonly number[]): number | null {
  const reachesEnough = (value: number): boolean =>
    durations.filter((other) => other <= value).length * 100 >= 95 * durations.length
  const candidates = durations.filter(reachesEnough)
  return candidates.length === 0 ? null : Math.min(...candidates)
}

function plainAverage(durations: readonly number[]): number | null {
  return durations.length === 0 ? null : durations.reduce((sum, value) => sum + value, 0) / durations.length
}

test('an empty store has counts of nought and no averages', async () => {
  const store = await scratchStore()
  const nothing = {
    count: 0,
    completed: 0,
    failed: 0,
    interrupted: 0,
    averageMs: null,
    p95Ms: null,
    peakHeapMb: null,
  }
  expect(await store.stats()).toEqual({
    legacy: nothing,
    worker: nothing,
    total: nothing,
    workerSpawns: { attempted: 0, succeeded: 0, rate: null },
  })
})

test('runs are counted by mode and status, and only ended ones have a duration', async () => {
  const store = await scratchStore()
  const runs = [
    ['completed', 'worker', 0, 100],
    ['failed', 'worker', 0, 300],
    ['interrupted', 'worker', 0, 9999],
    ['running', 'worker', 0, null],
    ['completed', 'legacy', 50, 60],
    ['queued', null, null, null],
  ] as const
  for (const [index, [status, executionMode, startedAt, endedAt]] of runs.entries())
    await store.createRun({ runId: `run-${index}`, prompt: '', cwd: '/', status, executionMode, startedAt, endedAt })
  await store.saveSession(aSession({ runId: 'run-0', peakHeapMb: 80 }))
  await store.finishStep({
    step: aStep({ runId: 'run-4' }),
    run: {},
    artifacts: [],
    observation: anObservation({ runId: 'run-4', executionMode: 'legacy', peakHeapMb: 120.5 }),
  })
  const { legacy, worker, total } = await store.stats()
  expect(worker).toEqual({
    count: 4,
    completed: 1,
    failed: 1,
    interrupted: 1,
    averageMs: 200,
    p95Ms: 300,
    peakHeapMb: 80,
  })
  expect(legacy).toMatchObject({ count: 1, completed: 1, averageMs: 10, p95Ms: 10, peakHeapMb: 120.5 })
  expect(total).toMatchObject({ count: 6, completed: 2, failed: 1, interrupted: 1, peakHeapMb: 120.5 })
})

test('a worker counts as spawned once it got past its start-up', async () => {
  const store = await scratchStore()
  const sessions: Partial<SessionRecord>[] = [
    { status: 'completed', cause: 'result' },
    { status: 'failed', cause: 'heap_soft', isolation: 'process' },
    { status: 'running' },
    { status: 'failed', cause: 'startup' },
    { status: 'failed', cause: 'spawn', isolation: 'process' },
    { status: 'timed_out', cause: 'queue_timeout' },
    { status: 'queued' },
    { status: 'completed', cause: 'result', isolation: 'in-process' },
  ]
  for (const [index, session] of sessions.entries())
    await store.saveSession(aSession({ ...session, runId: null, sessionId: `session-${index}` }))
  expect((await store.stats()).workerSpawns).toEqual({ attempted: 5, succeeded: 3, rate: 0.6 })
})

test.each([
  [1, 1],
  [19, 19],
  [20, 19],
  [21, 20],
  [40, 38],
  [100, 95],
])('of the durations 1 to %i the p95 is %i', async (count, p95Ms) => {
  const store = await scratchStore()
  for (let endedAt = 1; endedAt <= count; endedAt++)
    await store.createRun({ runId: `run-${endedAt}`, prompt: '', cwd: '/', status: 'completed', startedAt: 0, endedAt })
  expect((await store.stats()).total.p95Ms).toBe(p95Ms)
})

test('average and p95 agree with a plain computation', async () => {
  const durations = fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 45 })
  await fc.assert(
    fc.asyncProperty(durations, durations, async (legacy, worker) => {
      await using store = await scratchStore()
      const create = (mode: ExecutionMode, duration: number, index: number) =>
        store.createRun({
          runId: `${mode}-${index}`,
          prompt: '',
          cwd: '/',
          status: index % 2 === 0 ? 'completed' : 'failed',
          executionMode: mode,
          startedAt: 1000,
          endedAt: 1000 + duration,
        })
      for (const [index, duration] of legacy.entries()) await create('legacy', duration, index)
      for (const [index, duration] of worker.entries()) await create('worker', duration, index)
      const stats = await store.stats()
      for (const [figures, plain] of [
        [stats.legacy, legacy],
        [stats.worker, worker],
        [stats.total, [...legacy, ...worker]],
      ] as const) {
        expect(figures.p95Ms).toBe(plainP95(plain))
        if (plain.length === 0) expect(figures.averageMs).toBeNull()
        else expect(figures.averageMs).toBeCloseTo(plainAverage(plain) ?? Number.NaN, 6)
      }
    }),
    { numRuns: 15 },
  )
})
