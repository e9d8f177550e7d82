import { existsSync } from 'node:fs'
import { GitError } from './git-error.ts'
import { removeWorktree } from './remove-worktree.ts'
import { listWorktrees } from './worktree.ts'
import { WorktreeError } from './worktree-error.ts'

/** A worktree as its run has it on record. */
export interface OwnedWorktree {
  readonly runId: string
  /** The folder whose history it shares. */
  readonly repository: string
  /** The folder in it that the run works in. */
  readonly folder: string
}

export interface FoundWorktree {
  readonly runId: string
  /** A folder of the repository in which it was found. */
  readonly repository: string
  /** Its root. */
  readonly path: string
}

export interface WorktreeSearch {
  readonly found: readonly FoundWorktree[]
  /** Why others whose files are there cannot be removed, in sentences. */
  readonly lost: readonly string[]
}

export interface WorktreeSweep {
  /** Folders. */
  readonly removed: readonly string[]
  /** Why others are kept, in sentences. */
  readonly kept: readonly string[]
}

/**
 * Looks for worktrees in the repositories that their runs name, and in that of `cwd`, to which one of them may have been moved. One that
 * a run of another store has there under the same name is not taken for theirs.
 */
export const findWorktrees = async (owned: readonly OwnedWorktree[], cwd: string): Promise<WorktreeSearch> => {
  // Where none was ever made, git need not be there.
  if (owned.length === 0) return { found: [], lost: [] }
  const found = new Map<string, FoundWorktree>()
  const refusals = new Map<string, string>()
  const folders = new Map(owned.map(({ runId, folder }) => [runId, folder]))
  for (const repository of new Set([...owned.map((worktree) => worktree.repository), cwd])) {
    const listed = await orRefusal(() => listWorktrees({ repository }))
    if (typeof listed === 'string') refusals.set(repository, listed)
    else
      for (const { runId, path, cwd: folder } of listed)
        if (folders.get(runId) === folder && !found.has(runId)) found.set(runId, { runId, repository, path })
  }
  const lost = owned
    .filter(({ runId, folder }) => !found.has(runId) && existsSync(folder))
    .map((worktree) => explain(worktree, refusals.get(worktree.repository)))
  return { found: [...found.values()], lost }
}

const explain = ({ runId, repository, folder }: OwnedWorktree, refusal?: string): string =>
  `The worktree of run ${runId} in ${folder} is kept: ${refusal ?? `the repository of ${repository} knows nothing of it.`}`

/** Removes the worktrees of runs that are on record no more; work that is merged nowhere stays. */
export const collectWorktrees = async (owned: readonly OwnedWorktree[], cwd: string): Promise<WorktreeSweep> => {
  const { found, lost } = await findWorktrees(owned, cwd)
  const removed: string[] = []
  const kept = [...lost]
  for (const { runId, repository, path } of found) {
    const refusal = await orRefusal(() => removeWorktree({ repository, runId }))
    if (typeof refusal === 'string') kept.push(refusal)
    else removed.push(path)
  }
  return { removed, kept }
}

/** What git would not do; one repository out of order does not keep the others from being looked at. */
const orRefusal = async <Value>(act: () => Promise<Value>): Promise<Value | string> => {
  try {
    return await act()
  } catch (error) {
    if (error instanceof WorktreeError || error instanceof GitError) return error.message
    throw error
  }
}
