import { join } from 'node:path'
import type { RunRecord } from '@mayfly/run-store'
import type { Logger } from '../logger.ts'
import type { RoutedRun } from '../prepare-run.ts'
import { createWorktree } from '../workspace/create-worktree.ts'
import { finishWorktree } from '../workspace/finish-worktree.ts'
import { removeWorktree } from '../workspace/remove-worktree.ts'
import type { StoredWorkflow, StoredWorktree } from './stored-workflow.ts'

/** Makes the worktree of a run that is about to be accepted, and says what is to be known about it. @throws WorktreeError, GitError */
export const openWorktree = async (
  { runId, storeFolder }: Pick<RoutedRun, 'runId' | 'storeFolder'>,
  repository: string,
  finish: StoredWorktree['finish'],
  { info }: Logger,
): Promise<StoredWorktree> => {
  const { cwd, branch, notes } = await createWorktree({ repository, folder: join(storeFolder, 'worktrees'), runId })
  info(`Works in ${cwd}, on branch ${branch}`)
  for (const note of notes) info(note)
  return { repository, folder: cwd, finish }
}

/**
 * Keeps what a run has done in its worktree, once it has ended, and says how to go on. A run that can still be taken up keeps its
 * worktree. Done again, it comes to the same.
 * @throws WorktreeError, GitError
 */
export const closeWorktree = async (
  { runId, status }: Pick<RunRecord, 'runId' | 'status'>,
  { worktree }: StoredWorkflow,
  { info }: Logger,
): Promise<void> => {
  if (worktree === null || status !== 'completed') return
  const named = { repository: worktree.repository, runId }
  const { outcome, message } = await finishWorktree(named, worktree.finish)
  info(message)
  if (outcome !== 'left') await removeWorktree(named)
}
