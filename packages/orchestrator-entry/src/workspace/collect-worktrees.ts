import { removeWorktree } from './remove-worktree.ts'
import { listWorktrees, type Worktree } from './worktree.ts'
import { WorktreeError } from './worktree-error.ts'

export interface WorktreeSweep {
  /** Folders. */
  readonly removed: readonly string[]
  /** Why others are kept, in sentences. */
  readonly kept: readonly string[]
}

/** The worktrees of these runs. Empty where there is no repository. @throws GitError */
export const findWorktrees = async (repository: string, runs: readonly string[]): Promise<readonly Worktree[]> => {
  const wanted = new Set(runs)
  try {
    return (await listWorktrees({ repository })).filter(({ runId }) => wanted.has(runId))
  } catch (error) {
    if (error instanceof WorktreeError && error.code === 'WORKTREE_UNAVAILABLE') return []
    throw error
  }
}

/** Removes the worktrees of runs that are on record no more; work that is merged nowhere stays. @throws GitError */
export const collectWorktrees = async (repository: string, runs: readonly string[]): Promise<WorktreeSweep> => {
  const removed: string[] = []
  const kept: string[] = []
  for (const { runId, path } of await findWorktrees(repository, runs)) {
    try {
      await removeWorktree({ repository, runId })
      removed.push(path)
    } catch (error) {
      if (!(error instanceof WorktreeError)) throw error
      kept.push(error.message)
    }
  }
  return { removed, kept }
}
