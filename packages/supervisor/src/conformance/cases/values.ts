import { expect } from 'vitest'
import { assertZoo, createZoo } from '../../fixtures/zoo.ts'
import { type CaseGroup, errorOf, resultOf, tasksOf } from '../conformance-case.ts'

const zoo = tasksOf('zoo.ts')

export const values: CaseGroup = {
  title: 'values',
  cases: [
    {
      title: 'structured values reach the task as they are',
      run: async (bench) => expect(await resultOf(bench, zoo('takeZoo', createZoo()))).toBe('taken'),
    },
    {
      title: 'structured values come back as they are',
      run: async (bench) => assertZoo(await resultOf(bench, zoo('giveZoo'))),
    },
    {
      title: 'undefined, null, NaN, -0, an empty string and a bigint go both ways',
      run: async (bench) => {
        const given = [undefined, null, Number.NaN, -0, '', 2n ** 70n]
        const got = await Promise.all(given.map((value) => resultOf(bench, zoo('echo', value))))
        for (const [index, value] of got.entries()) expect(value).toBe(given[index])
      },
    },
    {
      title: 'strings of 5 MB go both ways, of one byte a character and of two',
      run: async (bench) => {
        for (const text of ['a'.repeat(5 * 1024 ** 2), 'ж'.repeat(2.5 * 1024 ** 2)]) {
          expect((await resultOf<string>(bench, zoo('echo', text))) === text).toBe(true)
        }
      },
    },
    {
      title: 'the bytes of a Buffer go both ways',
      run: async (bench) => {
        expect(await resultOf(bench, zoo('takeBuffer', Buffer.from('to the task')))).toBe('to the task')
        const got = await resultOf<Uint8Array>(bench, zoo('giveBuffer', 'from the task'))
        expect(got).toBeInstanceOf(Uint8Array)
        expect(Buffer.from(got).toString('utf8')).toBe('from the task')
      },
    },
    {
      title: 'an Error inside a result stays one',
      run: async (bench) => {
        const { error } = await resultOf<{ error: Error }>(bench, zoo('giveError'))
        expect(error).toBeInstanceOf(Error)
        expect(error).toMatchObject({ name: 'RangeError', message: 'inside', cause: { message: 'deeper' } })
      },
    },
    {
      title: 'what a task does to its input is not seen outside',
      needs: ['copies'],
      run: async (bench) => {
        const input = { changed: false, bytes: new Uint8Array(4) }
        expect(await resultOf(bench, zoo('changeInput', input))).toEqual({
          changed: true,
          bytes: Uint8Array.of(1, 1, 1, 1),
        })
        expect(input).toEqual({ changed: false, bytes: new Uint8Array(4) })
      },
    },
    {
      title: 'what transferList names arrives whole',
      run: async (bench) => {
        const bytes = new TextEncoder().encode('transferred')
        const transferList = [bytes.buffer]
        expect(await resultOf(bench, zoo('takeBuffer', bytes), { transferList })).toBe('transferred')
        expect(bytes.byteLength).toBe(bench.tier.cannot.moves === undefined ? 0 : 11)
      },
    },
    {
      title: 'what transferList names is not copied: its sender has it no longer',
      needs: ['moves'],
      run: async (bench) => {
        const memory = new ArrayBuffer(1024)
        await resultOf(bench, zoo('echo', memory), { transferList: [memory] })
        expect(memory.detached).toBe(true)
      },
    },
    {
      title: 'a SharedArrayBuffer is the same memory on both sides',
      needs: ['sharedMemory'],
      run: async (bench) => {
        const memory = new SharedArrayBuffer(2)
        await resultOf(bench, zoo('fillSharedMemory', memory))
        expect([...new Uint8Array(memory)]).toEqual([7, 7])
      },
    },
    {
      title: 'an input that cannot be cloned fails the task',
      needs: ['copies'],
      run: async (bench) => {
        expect(await errorOf(bench, zoo('echo', { callback: () => {} }))).toMatchObject({
          outcome: { status: 'failed', cause: 'protocol' },
          cause: { name: 'DataCloneError' },
        })
      },
    },
    {
      title: 'a result that cannot be cloned fails the task, and is named by its path',
      needs: ['copies'],
      run: async (bench) => {
        expect(await errorOf(bench, zoo('giveFunction'))).toMatchObject({
          code: 'TASK_FAILED',
          cause: { code: 'RESULT_NOT_CLONEABLE', path: 'result.items[1].callback' },
        })
        expect(await errorOf(bench, zoo('giveSymbolInMap'))).toMatchObject({ cause: { path: 'result.key.mark' } })
      },
    },
    {
      title: 'a result that is too large fails the task',
      run: async (bench) => {
        const error = await errorOf(bench, zoo('giveHuge'))
        expect(error).toMatchObject({ code: 'TASK_FAILED', cause: { code: 'VALUE_TOO_LARGE' } })
      },
    },
    {
      title: 'a second task meets nothing of the first',
      needs: ['freshModules'],
      run: async (bench) => {
        expect(await resultOf(bench, zoo('countCalls'))).toBe(1)
        expect(await resultOf(bench, zoo('countCalls'))).toBe(1)
      },
    },
  ],
}
