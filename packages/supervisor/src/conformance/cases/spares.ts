import { expect } from 'vitest'
import { untilDead } from '../../fixtures/processes.ts'
import type { LogLine } from '../../messages/messages.ts'
import type { TaskOptions } from '../../options.ts'
import { type CaseGroup, type ConformanceCase, outcomeOf, resultOf, tasksOf } from '../conformance-case.ts'
import type { Bench } from '../tiers.ts'

const early = tasksOf('early.ts')
const stubborn = tasksOf('stubborn.ts')
const tasks = tasksOf('tasks.ts')
const children = tasksOf('children.ts')

interface Origin {
  readonly importedAt: number
  readonly calls: number
  readonly worker: string
  readonly marker: string
  readonly sessionId: string
}

/** Each on a bench of its own: what is ready there is ready for it alone. */
const fromSpare = (title: string, run: ConformanceCase['run']): ConformanceCase => ({
  title,
  needs: ['spares'],
  options: { maxWorkers: 4 },
  run,
})

const tellOrigin = (bench: Bench, options?: TaskOptions): Promise<Origin> =>
  resultOf<Origin>(bench, early('tellOrigin'), options)

const endsAs = (title: string, task: typeof stubborn, name: string, options: TaskOptions, expected: object) =>
  fromSpare(title, async (bench) => {
    await bench.prepare(task(name).handler, options)
    expect(await outcomeOf(bench, task(name), options)).toMatchObject(expected)
  })

export const spares: CaseGroup = {
  title: 'spares',
  cases: [
    fromSpare('a task takes a worker that has imported its module before', async (bench) => {
      await bench.prepare(early('tellOrigin').handler)
      const before = Date.now()
      const { importedAt, calls, marker, sessionId } = await tellOrigin(bench)
      expect(importedAt).toBeLessThanOrEqual(before)
      expect(calls).toBe(1)
      // The worker is older than its session.
      expect(marker).toMatch(/^spare-/)
      expect(sessionId).toMatch(/^worker-session-/)
    }),
    fromSpare('each worker is used once, and replaced', async (bench) => {
      const { handler } = early('tellOrigin')
      const origins: Origin[] = []
      for (let round = 0; round < 4; round++) {
        await bench.prepare(handler, { spares: 2 })
        origins.push(await tellOrigin(bench))
      }
      expect(new Set(origins.map(({ worker }) => worker)).size).toBe(4)
      expect(origins.map(({ calls }) => calls)).toEqual([1, 1, 1, 1])
    }),
    fromSpare('one that was born otherwise is not taken', async (bench) => {
      await bench.prepare(early('tellOrigin').handler, { environment: { GREETING: 'hello' } })
      expect((await tellOrigin(bench)).marker).toMatch(/^worker-session-/)
      expect((await tellOrigin(bench, { environment: { GREETING: 'hello' } })).marker).toMatch(/^spare-/)
    }),
    fromSpare('what its module has printed is the log of its task', async (bench) => {
      const lines: LogLine[] = []
      await bench.prepare(early('tellOrigin').handler)
      await resultOf(bench, early('tellOrigin'), { onLog: (line) => lines.push(line) })
      expect(lines).toMatchObject([{ source: 'stdout', text: 'imported' }])
    }),
    fromSpare('what its module has started ends with its task', async (bench) => {
      await bench.prepare(early('tellChild').handler)
      await untilDead([await resultOf<number>(bench, early('tellChild'))])
    }),
    fromSpare('what its task has started ends with its task', async (bench) => {
      const task = children('leaveChildren', { kinds: ['registered', 'detached', 'daemon'], ending: 'result' })
      let pids: readonly number[] = []
      await bench.prepare(task.handler)
      await resultOf(bench, task, {
        onProgress: (value) => {
          pids = value as number[]
        },
      })
      expect(pids).toHaveLength(3)
      await untilDead(pids)
    }),
    fromSpare('an input that cannot be cloned fails the task, and the next one is fine', async (bench) => {
      await bench.prepare(tasks('add').handler)
      const outcome = await outcomeOf(
        bench,
        tasks('add', () => {}),
      )
      expect(outcome).toMatchObject({ status: 'failed', cause: 'protocol' })
      expect(await resultOf(bench, tasks('add', [1, 2]))).toBe(3)
    }),
    endsAs('a task that spins is ended', stubborn, 'spin', { timeoutMs: 100, graceMs: 10 }, { cause: 'timeout' }),
    endsAs('a task that exits has failed', early, 'endOwnProcess', {}, { cause: 'exit', exitCode: 3 }),
  ],
}
