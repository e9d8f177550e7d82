import type { Repository } from './repository.ts'
import { branchOf, find, type WorktreeOptions } from './worktree.ts'
import { WorktreeError } from './worktree-error.ts'
import { dropTree, findTree } from './worktree-files.ts'
import { deleteRecord, type WorktreeRecord, writeRecord } from './worktree-record.ts'

export interface RemoveWorktreeOptions extends WorktreeOptions {
  /** Also when work is lost that is merged nowhere. @default false */
  readonly discard?: boolean
}

/**
 * Removes the worktree of a run, its branch and its record; what git ignores in it is removed with it. A run that has none is done.
 * @throws WorktreeError `WORKTREE_UNMERGED` when work would be lost and `discard` is not set; `WORKTREE_UNAVAILABLE`
 */
export const removeWorktree = async (options: RemoveWorktreeOptions): Promise<void> => {
  const { repository, record } = await find(options)
  if (record === undefined) return
  if (record.state === 'ready' && options.discard !== true) await assertNothingLost(repository, record)
  // Said first: what a removal that was interrupted has left looks like changed files.
  await writeRecord(repository, { ...record, state: 'removing' })
  await dropTree(repository, record)
  const branch = branchOf(record.runId)
  if ((await repository.commitOf(`refs/heads/${branch}`)) !== undefined) {
    await repository.run(['branch', '--quiet', '-D', branch])
  }
  await deleteRecord(repository, record.runId)
}

const assertNothingLost = async (repository: Repository, record: WorktreeRecord): Promise<void> => {
  const { path, runId, base, from } = record
  if ((await findTree(repository, path)) && (await repository.isChanged(path, 'normal'))) {
    throw unmerged(runId, `${path} has changes that are not committed`)
  }
  const tip = await repository.commitOf(`refs/heads/${branchOf(runId)}`)
  if (tip === undefined || tip === base) return
  const target = await repository.commitOf(from ?? 'HEAD')
  if (target !== undefined && (await repository.isAncestor(tip, target))) return
  throw unmerged(runId, `branch ${branchOf(runId)} has commits that are not merged`)
}

const unmerged = (runId: string, why: string): WorktreeError =>
  new WorktreeError(
    'WORKTREE_UNMERGED',
    runId,
    `The worktree of run ${runId} is kept: ${why}. Merge them first, or say that they are to be discarded.`,
  )
