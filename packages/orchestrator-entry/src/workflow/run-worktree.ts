import { join } from 'node:path'
import type { RunRecord } from '@mayfly/run-store'
import type { Logger } from '../logger.ts'
import type { RoutedRun } from '../prepare-run.ts'
import { createWorktree, finishWorktree } from '../workspace/worktree.ts'
import type { StoredWorkflow, StoredWorktree } from './stored-workflow.ts'

/** Makes the worktree of a run that is about to be accepted. @throws WorktreeError `WORKTREE_UNAVAILABLE` */
export const openWorktree = async (
  { runId, storeFolder }: Pick<RoutedRun, 'runId' | 'storeFolder'>,
  cwd: string,
  finish: StoredWorktree['finish'],
): Promise<StoredWorktree> => {
  const { folder } = await createWorktree({ repository: cwd, folder: join(storeFolder, 'worktrees', runId), runId })
  return { repository: cwd, folder, finish }
}

/** Keeps what a run has done in its worktree, once it has ended, and says how to go on. Done again, it comes to the same. */
export const closeWorktree = async (
  { runId, status }: Pick<RunRecord, 'runId' | 'status'>,
  { worktree }: StoredWorkflow,
  logger: Logger,
): Promise<void> => {
  if (worktree === null || status === 'waiting' || status === 'interrupted') return
  const how = status === 'completed' ? worktree.finish : 'leave'
  const { message } = await finishWorktree({ ...worktree, runId }, how)
  logger.info(message)
}
