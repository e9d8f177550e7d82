import type { RunRecord, RunStore } from '@mayfly/run-store'
import type { Logger } from '../logger.ts'
import type { OrchestratorCore } from '../orchestrator-core.ts'
import type { RoutedRun } from '../prepare-run.ts'
import type { StoreDesk } from '../queue/store-desk.ts'
import { worktreesFolder } from '../store-registry.ts'
import { createWorktree } from '../workspace/create-worktree.ts'
import { finishWorktree } from '../workspace/finish-worktree.ts'
import { removeWorktree } from '../workspace/remove-worktree.ts'
import { find } from '../workspace/worktree.ts'
import { isWholeRun, type StoredWorkflow, type StoredWorktree } from './stored-workflow.ts'
import { noteWorktree } from './unmerged-work.ts'

/** Makes the worktree of a run that is about to be accepted, and says what is to be known about it. @throws WorktreeError, GitError */
export const openWorktree = async (
  { runId, storeFolder }: Pick<RoutedRun, 'runId' | 'storeFolder'>,
  repository: string,
  finish: StoredWorktree['finish'],
  { info }: Logger,
): Promise<StoredWorktree> => {
  const { cwd, branch, notes } = await createWorktree({ repository, folder: worktreesFolder(storeFolder), runId })
  info(`Works in ${cwd}, on branch ${branch}`)
  for (const note of notes) info(note)
  return { repository, folder: cwd, finish }
}

/** Takes back what was made for a run that was not accepted after all. */
export const dropWorktree = async (
  { runId }: Pick<RoutedRun, 'runId'>,
  { worktree }: Pick<StoredWorkflow, 'worktree'>,
): Promise<void> => {
  if (worktree !== null) await removeWorktree({ repository: worktree.repository, runId })
}

/**
 * What has to be done when a whole run has completed: by whoever has written that it has, so that of several processes that stay
 * with a run one does it. Done again, it comes to the same.
 * @throws WorktreeError, GitError
 */
export const endWhole = async (core: OrchestratorCore, { store }: StoreDesk, run: RunRecord): Promise<void> => {
  if (run.status !== 'completed' || !isWholeRun(await store.getRequest(run.runId))) return
  const { worktree } = await core.shelf.get(store, run.runId)
  if (worktree === null) return
  try {
    await closeWorktree(store, run.runId, worktree, core.logger)
  } catch (error) {
    core.logger.warn(
      `Run ${run.runId} has completed, but its work is still in its worktree; to try again: mayfly resume ${run.runId}`,
    )
    await noteWorktree(store, run.runId, 'failed', String(error)).catch((unwritten: unknown) => {
      core.logger.warn(`Run ${run.runId}: that its work was not brought back could not be stored: ${String(unwritten)}`)
    })
    throw error
  }
}

/** Keeps what a run has done in its worktree, and says how to go on. A run that can still be taken up keeps its worktree. */
const closeWorktree = async (
  store: RunStore,
  runId: string,
  { repository, finish }: StoredWorktree,
  { info }: Logger,
): Promise<void> => {
  const { record } = await find({ repository, runId })
  // Its work is merged: a process died while it removed what is left.
  if (record?.state === 'removing') return await removeWorktree({ repository, runId })
  const { outcome, message } = await finishWorktree({ repository, runId }, finish)
  info(message)
  if (outcome !== 'left') await removeWorktree({ repository, runId })
  await noteWorktree(store, runId, outcome, message)
}
