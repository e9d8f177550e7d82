import { expect } from 'vitest'
import { environmentOf, groupOf, until } from '../../fixtures/processes.ts'
import {
  type CaseGroup,
  type ConformanceCase,
  errorOf,
  holdUp,
  outcomeOf,
  resultOf,
  tasksOf,
} from '../conformance-case.ts'

const contexts = tasksOf('contexts.ts')
const floods = tasksOf('floods.ts')

const signalCases: readonly ConformanceCase[] = [
  {
    title: 'its signal says why: what its caller said, or which limit',
    run: async (bench) => {
      const lines: string[] = []
      const onLog = ({ text }: { text: string }): void => void lines.push(text)
      const { outcome, cancel } = bench.submit(contexts('waitForAbort'), { onLog, onProgress: () => cancel('bored') })
      await outcome
      await outcomeOf(bench, contexts('waitForAbort'), { onLog, timeoutMs: 100 })
      expect(lines).toEqual(['stopped because bored', 'stopped because ran longer than 100 ms'])
    },
  },
]

const reportCases: readonly ConformanceCase[] = [
  {
    title: 'log lines, progress and checkpoints arrive in order, before the end',
    run: async (bench) => {
      const seen: unknown[] = []
      const note = (value: unknown): void => void seen.push(value)
      const task = floods('reportInOrder', 80)
      const { outcome } = bench.submit(task, {
        onLog: ({ source, text }) => note(`${source} ${text}`),
        onProgress: note,
        onCheckpoint: note,
      })
      await outcome.then(() => note('ended'))
      const expected = Array.from({ length: 80 }, (_, index) => [`log ${index}`, index, { at: index }]).flat()
      expect(seen).toEqual([...expected, 'ended'])
    },
  },
  {
    title: 'of a flood of progress the order is kept and the last value arrives',
    run: async (bench) => {
      const seen: number[] = []
      await resultOf(bench, floods('floodProgress', 50_000), { onProgress: (value) => seen.push(value as number) })
      expect(seen).toEqual(seen.toSorted((left, right) => left - right))
      expect(seen.at(-1)).toBe(49_999)
    },
  },
  {
    title: 'what is printed is a log line, with where it was printed',
    needs: ['output'],
    run: async (bench) => {
      const lines: string[] = []
      await resultOf(bench, contexts('print'), { onLog: ({ source, text }) => lines.push(`${source}: ${text}`) })
      expect(lines).toEqual([
        'stdout: printed 1',
        'stderr: complained',
        'stdout: written',
        'stdout: bytes: ж',
        'stderr: awaited',
      ])
    },
  },
  {
    title: 'its standard input is at its end',
    needs: ['output'],
    run: async (bench) => expect(await resultOf(bench, contexts('readInput'))).toBe('read: ""'),
  },
  ...['reportUncloneable', 'floodThenReportUncloneable'].map(
    (name): ConformanceCase => ({
      title: `a progress value that cannot be cloned fails the task: ${name}`,
      needs: ['copies'],
      run: async (bench) => {
        const error = await errorOf(bench, contexts(name))
        expect(error).toMatchObject({
          outcome: { status: 'failed', cause: 'error' },
          cause: { name: 'DataCloneError' },
        })
      },
    }),
  ),
  {
    title: 'a progress value above 1 MB is refused',
    run: async (bench) => {
      const error = await errorOf(bench, contexts('progressOf', 600_000))
      expect(error).toMatchObject({ cause: { code: 'VALUE_TOO_LARGE' } })
    },
  },
]

const heartbeatCases: readonly ConformanceCase[] = [
  ...['beatNow', 'beatWithoutYielding'].map(
    (name): ConformanceCase => ({
      title: `heartbeats keep heartbeatTimeoutMs away: ${name}`,
      run: async (bench) => {
        expect(await resultOf(bench, contexts(name, 1600), { heartbeatTimeoutMs: 800 })).toBe('alive')
      },
    }),
  ),
  {
    title: 'heartbeats that their host was too busy to hear count all the same',
    alone: true,
    run: async (bench) => {
      const onRunning = (): void => void setTimeout(() => setImmediate(holdUp, 1200), 50)
      const value = await resultOf(bench, contexts('beatNow', 1600), { heartbeatTimeoutMs: 800, onRunning })
      expect(value).toBe('alive')
    },
  },
  {
    title: 'large progress values are heartbeats too',
    run: async (bench) => {
      const value = await resultOf(bench, contexts('progressInLargePieces', 15), { heartbeatTimeoutMs: 800 })
      expect(value).toBe('alive')
    },
  },
]

const childCases: readonly ConformanceCase[] = [
  {
    title: 'a child leads a group of its own and carries the session’s marker',
    run: async (bench) => {
      let pid = 0
      const onProgress = (value: unknown): void => {
        pid = value as number
      }
      const { sessionId, outcome, cancel } = bench.submit(contexts('spawnAndWait'), { onProgress, graceMs: 50 })
      await until(() => pid > 0 && groupOf(pid) === pid && environmentOf(pid).length > 1)
      const marker = environmentOf(pid).find((entry) => entry.startsWith('MAYFLY_WORKER='))
      expect(marker).toMatch(new RegExp(`[=/]${sessionId}$`))
      cancel()
      await outcome
    },
  },
  {
    title: 'a child’s output is the task’s to read',
    run: async (bench) => expect(await resultOf(bench, contexts('readFromChild'))).toBe('from a child'),
  },
  {
    title: 'a shell is refused',
    run: async (bench) => {
      expect(await errorOf(bench, contexts('spawnShell'))).toMatchObject({ cause: { name: 'TypeError' } })
    },
  },
  {
    title: 'a program that is not there is the task’s own error',
    run: async (bench) => {
      expect(await errorOf(bench, contexts('spawnMissing'))).toMatchObject({ cause: { code: 'ENOENT' } })
    },
  },
]

export const contextCases: CaseGroup = {
  title: 'context',
  cases: [...signalCases, ...reportCases, ...heartbeatCases, ...childCases],
}
