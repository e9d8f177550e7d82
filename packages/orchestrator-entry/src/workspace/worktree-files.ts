import { lstat, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Repository } from './repository.ts'
import type { WorktreeRecord } from './worktree-record.ts'

/** First the files, since git refuses to remove a worktree that it has only begun to make or to remove. */
export const dropTree = async (repository: Repository, { path }: WorktreeRecord): Promise<void> => {
  await rm(path, { recursive: true, force: true })
  const known = await repository.run(['worktree', 'list', '--porcelain', '-z'])
  if (!known.split('\0').includes(`worktree ${path}`)) return
  await repository.run(['worktree', 'remove', '--force', '--force', path])
}

/** Whether the worktree is there. One whose link to the repository was removed gets it back, with all that was done in it. */
export const findTree = async (repository: Repository, path: string): Promise<boolean> => {
  if (!(await isThere(path))) return false
  if (!(await isThere(join(path, '.git')))) await repository.run(['worktree', 'repair'])
  return true
}

const isThere = async (path: string): Promise<boolean> =>
  await lstat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false
      throw error
    },
  )
