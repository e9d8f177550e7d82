import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { git } from './git.ts'

/** A clone that can be set to any commit: its tree is that commit's and its history ends there. */
export interface PastTree extends AsyncDisposable {
  readonly folder: string
  moveTo(commit: string): Promise<void>
}

/** Clones a repository into a folder of its own; the objects are shared, so nothing is copied but the tree. */
export async function openPastTree(repository: string): Promise<PastTree> {
  const folder = await mkdtemp(join(tmpdir(), 'mayfly-bench-tree-'))
  await git(folder, ['clone', '--quiet', '--shared', '--no-checkout', resolve(repository), '.'])
  return {
    folder,
    moveTo: async (commit) => {
      await git(folder, ['checkout', '--quiet', '--force', '--detach', commit])
      await git(folder, ['clean', '--quiet', '--force', '-d', '-x'])
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
