import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { inFolder } from '../../fixtures/folders.ts'
import type { ArtifactReference } from '../../messages/messages.ts'
import { type CaseGroup, resultOf, tasksOf } from '../conformance-case.ts'

const contexts = tasksOf('contexts.ts')

export const artifacts: CaseGroup = {
  title: 'artifacts',
  cases: [
    {
      title: 'an artifact is written, told of, and named to the task',
      run: (bench) =>
        inFolder(async (artifactFolder) => {
          const told: ArtifactReference[] = []
          const onArtifact = (artifact: ArtifactReference): void => void told.push(artifact)
          const named = await resultOf(bench, contexts('reportEverything'), { artifactFolder, onArtifact })
          expect(told).toEqual([named])
          expect(named).toMatchObject({ name: 'notes.txt', size: 5, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
          expect(await readFile(join(artifactFolder, 'notes.txt'), 'utf8')).toBe('hello')
        }),
    },
    {
      title: 'an artifact that comes in pieces is written as they come; when its source fails, nothing is left',
      run: (bench) =>
        inFolder(async (artifactFolder) => {
          const written = await resultOf(bench, contexts('writePieces'), { artifactFolder })
          expect(written).toEqual({ size: 5, failure: 'the source failed' })
          expect(await readdir(artifactFolder)).toEqual(['pieces.txt'])
          expect(await readFile(join(artifactFolder, 'pieces.txt'), 'utf8')).toBe('hello')
        }),
    },
    {
      title: 'a name that could leave the folder, hide in it or confuse is refused',
      run: (bench) =>
        inFolder(async (artifactFolder) => {
          const bad = ['../up', '..', '/etc/x', 'a/b', '.hidden', '', 'a\0b', 'white space', 'x'.repeat(201)]
          const codes = await resultOf(bench, contexts('writeArtifacts', [...bad, 'good-1.txt']), { artifactFolder })
          expect(codes).toEqual([...bad.map(() => 'ARTIFACT_NAME_INVALID'), 'written'])
          expect(await readdir(artifactFolder)).toEqual(['good-1.txt'])
        }),
    },
    {
      title: 'without a folder every artifact is refused',
      run: async (bench) => {
        const codes = await resultOf(bench, contexts('writeArtifacts', ['notes.txt']))
        expect(codes).toEqual(['ARTIFACT_FOLDER_MISSING'])
      },
    },
  ],
}
