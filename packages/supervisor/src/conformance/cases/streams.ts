import { expect } from 'vitest'
import { CHUNK_WINDOW } from '../../messages/messages.ts'
import type { TaskStream } from '../../submission.ts'
import { type CaseGroup, type ConformanceCase, errorOf, holdUp, readAll, tasksOf } from '../conformance-case.ts'

const streams = tasksOf('streams.ts')

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

/** What came, and what the reader's loop threw. */
const readUntilError = async (stream: TaskStream): Promise<{ chunks: unknown[]; error: unknown }> => {
  const chunks: unknown[] = []
  try {
    for await (const chunk of stream) chunks.push(chunk)
  } catch (error) {
    return { chunks, error }
  }
  throw new Error('expected the stream to fail')
}

const COUNT = 1000

const written: readonly ConformanceCase[] = [
  ...[
    ['count', 'counted'],
    ['countAtOnce', 'counted'],
    ['writeCount', 'written'],
    ['writeWithoutAwaiting', 'written'],
    ['writeAllAtOnce', undefined],
    ['countReadable', undefined],
    ['countWebStream', undefined],
  ].map(
    ([name, value]): ConformanceCase => ({
      title: `1,000 chunks arrive in their order, then the value: ${name}`,
      run: async (bench) => {
        const stream = bench.stream(streams(name, COUNT))
        expect(await readAll(stream)).toEqual(upTo(COUNT))
        expect(await stream.result).toBe(value)
        expect(await stream.outcome).toMatchObject({ status: 'completed', cause: 'result' })
      },
    }),
  ),
  {
    title: 'a chunk is read after whatever its task has said before it',
    run: async (bench) => {
      const seen: unknown[] = []
      const note = (value: unknown): void => void seen.push(value)
      const task = streams('everythingInOrder', 50)
      for await (const chunk of bench.stream(task, { onProgress: note, onCheckpoint: note })) note(chunk)
      expect(seen).toHaveLength(150)
      for (const at of upTo(50)) {
        expect(seen.indexOf(`progress ${at}`)).toBeLessThan(seen.indexOf(`chunk ${at}`))
        expect(seen.indexOf(`checkpoint ${at - 1}`)).toBeLessThan(seen.indexOf(`chunk ${at}`))
      }
    },
  },
  {
    title: 'a stream without a chunk is its value',
    run: async (bench) => {
      const stream = bench.stream(streams('count', 0))
      expect(await stream[Symbol.asyncIterator]().next()).toEqual({ done: true, value: 'counted' })
    },
  },
  {
    title: 'chunks that are not read until the task would be done are all there',
    run: async (bench) => {
      const stream = bench.stream(streams('count', CHUNK_WINDOW.chunks))
      await stream.outcome
      expect(await readAll(stream)).toEqual(upTo(CHUNK_WINDOW.chunks))
    },
  },
]

const backPressure: readonly ConformanceCase[] = [
  {
    title: 'a task is never further ahead of its reader than the window',
    run: async (bench) => {
      let ahead = 0
      const onCheckpoint = (value: unknown): void => {
        ahead = value as number
      }
      let read = 0
      let furthest = 0
      for await (const _chunk of bench.stream(streams('reportAhead', 500), { onCheckpoint })) {
        await new Promise(setImmediate)
        furthest = Math.max(furthest, ahead - read++)
      }
      expect(read).toBe(500)
      // 20 KB each: the window's megabyte is full before its number of chunks is.
      expect(furthest).toBeLessThanOrEqual(CHUNK_WINDOW.chunks + 1)
    },
  },
  {
    title: 'a reader that never reads makes its task wait, and the time limit ends it',
    run: async (bench) => {
      let ahead = 0
      const onCheckpoint = (value: unknown): void => {
        ahead = value as number
      }
      const stream = bench.stream(streams('reportAhead', 10_000), { onCheckpoint, timeoutMs: 400, graceMs: 20 })
      expect(await stream.outcome).toMatchObject({ status: 'timed_out', cause: 'timeout' })
      expect(ahead).toBeGreaterThan(0)
      expect(ahead).toBeLessThanOrEqual(CHUNK_WINDOW.chunks)
      const { chunks, error } = await readUntilError(stream)
      expect(chunks.length).toBeLessThanOrEqual(CHUNK_WINDOW.chunks)
      expect(error).toMatchObject({ code: 'TASK_TIMED_OUT' })
    },
  },
  {
    title: 'chunks of 4 MB, larger than the window, come one after the other',
    run: async (bench) => {
      const size = 4 * 1024 ** 2
      const chunks = await readAll(bench.stream<Uint8Array>(streams('bytesOf', { size, times: 5 })))
      expect(chunks.map((bytes) => [bytes.length, bytes[0], bytes.at(-1)])).toEqual(upTo(5).map((at) => [size, at, at]))
    },
  },
  {
    title: 'waiting for its reader is not silence of the task',
    run: async (bench) => {
      const stream = bench.stream(streams('reportAhead', 300), { heartbeatTimeoutMs: 300 })
      const chunks = stream[Symbol.asyncIterator]()
      await chunks.next()
      // Longer than a silence may be; nothing else tells that nothing happens.
      await new Promise((resolve) => setTimeout(resolve, 900))
      while ((await chunks.next()).done !== true);
      expect(await stream.outcome).toMatchObject({ status: 'completed' })
    },
  },
  {
    title: 'a task that is silent while its reader waits ends by heartbeatTimeoutMs',
    run: async (bench) => {
      const { chunks, error } = await readUntilError(
        bench.stream(streams('silentAfterChunk'), { heartbeatTimeoutMs: 200, graceMs: 20 }),
      )
      expect(chunks).toEqual(['only one'])
      expect(error).toMatchObject({ code: 'TASK_TIMED_OUT', outcome: { cause: 'heartbeat' } })
    },
  },
  {
    title: 'chunks are heartbeats, also those that a busy host hears late',
    alone: true,
    run: async (bench) => {
      const onRunning = (): void => void setTimeout(() => setImmediate(holdUp, 900), 50)
      const task = streams('chunksNowAndThen', { times: 30, everyMs: 50 })
      expect(await readAll(bench.stream(task, { heartbeatTimeoutMs: 600, onRunning }))).toEqual(upTo(30))
    },
  },
]

const endings: readonly ConformanceCase[] = [
  {
    title: 'a reader that leaves its loop cancels the task, which lets go of what it has',
    run: async (bench) => {
      const saved: unknown[] = []
      const stream = bench.stream<number>(streams('untilLeft'), { onCheckpoint: (value) => saved.push(value) })
      for await (const chunk of stream) if (chunk === 200) break
      expect(await stream.outcome).toMatchObject({ status: 'cancelled', cause: 'user', phase: 'cooperative' })
      expect(saved).toEqual(['let go'])
      expect(await readAll(stream)).toEqual([])
    },
  },
  {
    title: 'a stream that is disposed of is cancelled, and gone when that is done',
    run: async (bench) => {
      const stream = bench.stream<number>(streams('untilLeft'))
      {
        await using one = stream
        await one[Symbol.asyncIterator]().next()
      }
      expect(await stream.outcome).toMatchObject({ status: 'cancelled', cause: 'user' })
    },
  },
  {
    title: 'an error comes after the chunks before it',
    run: async (bench) => {
      const stream = bench.stream(streams('throwAfter', 150))
      const { chunks, error } = await readUntilError(stream)
      expect(chunks).toEqual(upTo(150))
      expect(error).toMatchObject({ code: 'TASK_FAILED', cause: { name: 'RangeError', message: 'no more' } })
      await expect(stream.result).rejects.toBe(error)
    },
  },
  {
    title: 'an exit comes after the chunks before it',
    needs: ['exit'],
    run: async (bench) => {
      const { chunks, error } = await readUntilError(bench.stream(streams('exitAfter', 150)))
      expect(chunks).toEqual(upTo(150))
      expect(error).toMatchObject({ outcome: { cause: 'exit', exitCode: 3 } })
    },
  },
  {
    title: 'a cancelled stream ends with the error that says so, after its last chunk',
    run: async (bench) => {
      const stream = bench.stream(streams('lastWords'))
      const chunks = stream[Symbol.asyncIterator]()
      expect(await chunks.next()).toEqual({ done: false, value: 'first' })
      stream.cancel('enough')
      expect(await chunks.next()).toEqual({ done: false, value: 'last' })
      await expect(chunks.next()).rejects.toMatchObject({ code: 'TASK_CANCELLED' })
    },
  },
  {
    title: 'a stream that is refused rejects its reader',
    run: async (bench) => {
      const stream = bench.stream({ handler: { module: 'relative.js' } })
      await expect(stream[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'HANDLER_INVALID' })
    },
  },
]

const refusals: readonly ConformanceCase[] = [
  ...['count', 'writeCount', 'countWebStream'].map(
    (name): ConformanceCase => ({
      title: `a stream that nobody reads, for it was started with submit(), is refused: ${name}`,
      run: async (bench) => {
        expect(await errorOf(bench, streams(name, 3))).toMatchObject({
          code: 'TASK_FAILED',
          cause: { name: 'StreamError', code: 'STREAM_NOT_READ' },
        })
      },
    }),
  ),
  {
    title: 'a chunk that cannot be cloned fails the task, and is named by its path',
    needs: ['copies'],
    run: async (bench) => {
      const { chunks, error } = await readUntilError(bench.stream(streams('yieldUncloneable')))
      expect(chunks).toEqual(['fine'])
      expect(error).toMatchObject({ cause: { code: 'CHUNK_NOT_CLONEABLE', path: 'chunk.items[1].callback' } })
    },
  },
  {
    title: 'a task that hears of a chunk that cannot be cloned may go on',
    needs: ['copies'],
    run: async (bench) => {
      const stream = bench.stream(streams('goOnAfterRefusal'))
      expect(await readAll(stream)).toEqual(['CHUNK_NOT_CLONEABLE'])
      expect(await stream.result).toBe('went on')
    },
  },
  {
    title: 'a chunk above 16 MB is refused',
    run: async (bench) => {
      const { error } = await readUntilError(bench.stream(streams('yieldHuge')))
      expect(error).toMatchObject({ cause: { code: 'VALUE_TOO_LARGE' } })
    },
  },
]

export const streamCases: CaseGroup = {
  title: 'streams',
  cases: [...written, ...backPressure, ...endings, ...refusals],
}
