import { getEventListeners } from 'node:events'
import { expect } from 'vitest'
import { type CaseGroup, type ConformanceCase, outcomeOf, tasksOf } from '../conformance-case.ts'

const stubborn = tasksOf('stubborn.ts')
const contexts = tasksOf('contexts.ts')
const tasks = tasksOf('tasks.ts')

const cancelled = { status: 'cancelled', cause: 'user' } as const
const neverRan = { startedInMs: null, ranMs: null } as const

const bySignal: readonly ConformanceCase[] = [
  {
    title: 'by a signal that was aborted before: never starts',
    run: async (bench) => {
      const outcome = await outcomeOf(bench, tasks('add', [1, 2]), { signal: AbortSignal.abort() })
      expect(outcome).toMatchObject({ ...cancelled, ...neverRan })
    },
  },
  {
    title: 'by its signal while it waits: never starts',
    needs: ['queue'],
    options: { maxWorkers: 1 },
    run: async (bench) => {
      bench.submit(stubborn('neverSettle'))
      const controller = new AbortController()
      const { outcome } = bench.submit(tasks('add', [1, 2]), { signal: controller.signal })
      setImmediate(() => controller.abort())
      expect(await outcome).toMatchObject({ ...cancelled, ...neverRan })
    },
  },
  {
    title: 'by its signal while it runs: hears of it and ends by itself',
    run: async (bench) => {
      const controller = new AbortController()
      const { outcome } = bench.submit(contexts('waitForAbort'), {
        signal: controller.signal,
        onProgress: () => controller.abort(),
      })
      expect(await outcome).toMatchObject({ ...cancelled, phase: 'cooperative' })
    },
  },
  {
    title: 'by its signal while it spins: is ended by force',
    needs: ['endsSpinning'],
    run: async (bench) => {
      const controller = new AbortController()
      const { outcome } = bench.submit(stubborn('spin'), {
        signal: controller.signal,
        graceMs: 10,
        onRunning: () => controller.abort(),
      })
      expect(await outcome).toMatchObject({ ...cancelled, phase: 'forced' })
    },
  },
  {
    title: 'leaves nobody listening to the signal',
    run: async (bench) => {
      const { signal } = new AbortController()
      const submission = bench.submit(tasks('add', [1, 2]), { signal })
      submission.cancel()
      expect(await submission.outcome).toMatchObject(cancelled)
      await outcomeOf(bench, tasks('add', [1, 2]), { signal })
      expect(getEventListeners(signal, 'abort')).toEqual([])
    },
  },
]

const byCall: readonly ConformanceCase[] = [
  {
    title: 'by cancel() while it waits: never starts',
    needs: ['queue'],
    options: { maxWorkers: 1 },
    run: async (bench) => {
      bench.submit(stubborn('neverSettle'))
      const { outcome, cancel } = bench.submit(tasks('add', [1, 2]))
      cancel()
      expect(await outcome).toMatchObject({ ...cancelled, ...neverRan })
    },
  },
  {
    title: 'by cancel() while it runs, and once more, and after its end',
    run: async (bench) => {
      const { outcome, cancel } = bench.submit(contexts('waitForAbort'), { onProgress: () => cancel('once') })
      cancel.call(undefined, 'never mind')
      expect(await outcome).toMatchObject(cancelled)
      cancel('too late')
      expect(await outcome).toMatchObject(cancelled)
    },
  },
  {
    title: 'by cancel() while it never settles: is ended by force',
    run: async (bench) => {
      const { outcome, cancel } = bench.submit(stubborn('neverSettle'), { graceMs: 20, onRunning: () => cancel() })
      expect(await outcome).toMatchObject({ ...cancelled, phase: 'forced' })
    },
  },
]

const byClose: readonly ConformanceCase[] = [
  {
    title: 'by the close of its host: a result in the grace completes it',
    options: {},
    run: async (bench) => {
      const { outcome, result } = bench.submit(contexts('waitForAbort'), { onProgress: () => void bench.close() })
      expect(await outcome).toMatchObject({ status: 'completed', cause: 'result' })
      expect(await result).toBe('ended in time')
    },
  },
  {
    title: 'by the close of its host: an error in the grace does not change why it ended',
    options: {},
    run: async (bench) => {
      const { outcome } = bench.submit(stubborn('throwOnAbort'), { onProgress: () => void bench.close() })
      expect(await outcome).toMatchObject({ status: 'cancelled', cause: 'shutdown', phase: 'cooperative' })
    },
  },
  {
    title: 'by the close of its host: after the grace it is ended by force',
    options: {},
    run: async (bench) => {
      const { outcome } = bench.submit(stubborn('neverSettle'), { graceMs: 20, onRunning: () => void bench.close() })
      expect(await outcome).toMatchObject({ status: 'cancelled', cause: 'shutdown', phase: 'forced' })
    },
  },
  {
    title: 'by the close of its host while it waits: never starts',
    needs: ['queue'],
    options: { maxWorkers: 1 },
    run: async (bench) => {
      bench.submit(stubborn('neverSettle'), { graceMs: 20 })
      const { outcome } = bench.submit(tasks('add', [1, 2]))
      await bench.close()
      expect(await outcome).toMatchObject({ status: 'cancelled', cause: 'shutdown', ...neverRan })
    },
  },
]

export const cancelling: CaseGroup = { title: 'cancelling', cases: [...bySignal, ...byCall, ...byClose] }
