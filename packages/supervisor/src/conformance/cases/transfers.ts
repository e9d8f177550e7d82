import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { inFolder } from '../../fixtures/folders.ts'
import { type CaseGroup, readAll, resultOf, tasksOf } from '../conformance-case.ts'

const results = tasksOf('results.ts')
const streams = tasksOf('streams.ts')

const MB = 1024 * 1024

interface Bytes {
  readonly [name: string]: Uint8Array
}

export const transfers: CaseGroup = {
  title: 'large memory',
  cases: [
    {
      title: 'a result with large buffers arrives whole',
      run: async (bench) => {
        const { nested, small } = await resultOf<{
          nested: [{ bytes: Uint8Array; again: ArrayBuffer }]
          small: ArrayBuffer
        }>(bench, results('giveBuffers'))
        const [{ bytes, again }] = nested
        expect([bytes.length, bytes[0], again.byteLength, new Uint8Array(again)[7]]).toEqual([16, 3, 2 * MB, 3])
        expect(small.byteLength).toBe(100)
      },
    },
    {
      title: 'of a result, what is large is moved and the rest is copied',
      needs: ['movesBack'],
      run: (bench) =>
        inFolder(async (folder) => {
          const path = join(folder, 'moved.json')
          await resultOf(bench, results('giveBuffersWatched', path))
          expect(JSON.parse(await readFile(path, 'utf8'))).toEqual([2 * MB])
        }),
    },
    {
      title: 'shared memory beside memory that is moved stays shared',
      needs: ['sharedMemory'],
      run: async (bench) => {
        const { shared, beside } = await resultOf<{ shared: SharedArrayBuffer; beside: Uint8Array }>(
          bench,
          results('giveShared'),
        )
        expect(shared).toBeInstanceOf(SharedArrayBuffer)
        expect([new Uint8Array(shared)[0], beside[2 * MB - 1]]).toEqual([4, 5])
      },
    },
    {
      title: 'memory that cannot be moved is copied: of WebAssembly, and such as can grow',
      run: async (bench) => {
        const { memory, beside } = await resultOf<Bytes>(bench, results('giveWebAssembly'))
        expect([memory?.length, memory?.[0], beside?.length, beside?.[0]]).toEqual([2 * MB, 6, 2 * MB, 7])
        const resizable = await resultOf<Uint8Array>(bench, results('giveResizable'))
        expect([resizable.length, resizable[0]]).toEqual([2 * MB, 8])
      },
    },
    {
      title: 'a chunk’s memory is moved when its writer says so, and only that',
      needs: ['movesBack'],
      run: async (bench) => {
        const stream = bench.stream<{ moved: Uint8Array; kept: ArrayBuffer }>(streams('writeMoved'))
        const [chunk] = await readAll(stream)
        expect([chunk?.moved.length, chunk?.moved[0], chunk?.kept.byteLength]).toEqual([4 * MB, 7, 4 * MB])
        expect(await stream.result).toEqual([true, false])
      },
    },
    {
      title: 'a chunk whose memory cannot be moved is copied',
      run: async (bench) => {
        const stream = bench.stream<Uint8Array>(streams('writeUnmovable'))
        expect(await readAll(stream)).toEqual([new Uint8Array(8)])
        expect(await stream.result).toBe(2 * MB)
      },
    },
  ],
}
