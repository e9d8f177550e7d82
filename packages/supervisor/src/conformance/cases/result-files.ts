import { appendFile, readdir } from 'node:fs/promises'
import { expect } from 'vitest'
import { inFolder } from '../../fixtures/folders.ts'
import { giveLarge } from '../../fixtures/results.ts'
import type { ArtifactReference } from '../../messages/messages.ts'
import { ResultFile } from '../../result-file.ts'
import { type CaseGroup, type ConformanceCase, errorOf, resultOf, tasksOf } from '../conformance-case.ts'

const results = tasksOf('results.ts')

const MB = 1024 * 1024

/** Enough that a value of `SIZE` characters or bytes is above it. */
const resultLimitMb = 1

const SIZE = 3 * MB

const comesBack = (kind: string, format: string, extension: string): ConformanceCase => ({
  title: `above resultLimitMb it is written to a file, which is read back: ${kind}`,
  run: (bench) =>
    inFolder(async (artifactFolder) => {
      const told: ArtifactReference[] = []
      const onArtifact = (artifact: ArtifactReference): void => void told.push(artifact)
      const options = { artifactFolder, resultLimitMb, onArtifact }
      const { sessionId, result } = bench.submit(results('giveLarge', { kind, size: SIZE }), options)
      const file = (await result) as ResultFile
      expect(file).toBeInstanceOf(ResultFile)
      const { name, path, size, sha256 } = file
      expect(name).toBe(`result-${sessionId}.${extension}`)
      expect(file.format).toBe(format)
      expect(told).toEqual([{ name, path, size, sha256 }])
      expect(await readdir(artifactFolder)).toEqual([name])
      // Not by `toEqual`, which takes its time with millions of parts.
      const [got, expected] = [await file.read(), giveLarge({ kind, size: SIZE })]
      if (typeof expected === 'string' || expected instanceof Uint8Array) {
        expect(Buffer.compare(Buffer.from(got as string, 'utf16le'), Buffer.from(expected as string, 'utf16le'))).toBe(
          0,
        )
      } else expect(got).toStrictEqual(expected)
    }),
})

export const resultFiles: CaseGroup = {
  title: 'results in files',
  cases: [
    comesBack('bytes', 'bytes', 'bin'),
    comesBack('text', 'text', 'txt'),
    comesBack('text of characters with two halves', 'text', 'txt'),
    comesBack('text with half a character', 'json', 'json'),
    comesBack('text that begins with a byte order mark', 'text', 'txt'),
    comesBack('records', 'json', 'json'),
    comesBack('one long string in a record', 'json', 'json'),
    comesBack('map', 'clone', 'v8'),
    comesBack('numbers that JSON has not', 'clone', 'v8'),
    comesBack('the same object twice', 'clone', 'v8'),
    {
      title: 'below the limit there is no file',
      run: (bench) =>
        inFolder(async (artifactFolder) => {
          const options = { artifactFolder, resultLimitMb }
          expect(await resultOf(bench, results('giveLarge', { kind: 'bytes', size: 1000 }), options)).toHaveLength(1000)
          expect(await readdir(artifactFolder)).toEqual([])
        }),
    },
    {
      title: 'a file that was changed since is not read as the result',
      run: (bench) =>
        inFolder(async (artifactFolder) => {
          const task = results('giveLarge', { kind: 'text', size: SIZE })
          const file = await resultOf<ResultFile>(bench, task, { artifactFolder, resultLimitMb })
          await appendFile(file.path, '!')
          await expect(file.read()).rejects.toMatchObject({ name: 'ResultFileError', code: 'RESULT_FILE_CHANGED' })
        }),
    },
    {
      title: 'without a folder it fails the task, and the error says what to do',
      run: async (bench) => {
        const error = await errorOf(bench, results('giveLarge', { kind: 'text', size: SIZE }), { resultLimitMb })
        expect(error).toMatchObject({
          cause: { code: 'VALUE_TOO_LARGE', message: expect.stringMatching(/at most 1 MB.*artifactFolder/) },
        })
      },
    },
    {
      title: 'one that cannot be written in any format fails the task, and is named by its path',
      run: (bench) =>
        inFolder(async (artifactFolder) => {
          const options = { artifactFolder, resultLimitMb }
          expect(await errorOf(bench, results('giveUncloneableLarge', SIZE), options)).toMatchObject({
            cause: { code: 'RESULT_NOT_CLONEABLE', path: 'result.items[0].callback' },
          })
        }),
    },
  ],
}
