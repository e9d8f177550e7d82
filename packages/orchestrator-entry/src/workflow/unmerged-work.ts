import { existsSync, readdirSync } from 'node:fs'
import type { EventRecord, RunRecord, RunStore } from '@mayfly/run-store'
import { worktreesFolder } from '../store-registry.ts'
import { listWorktrees } from '../workspace/worktree.ts'
import type { WorktreeEnd } from '../workspace/worktree-end.ts'
import { WorktreeError } from '../workspace/worktree-error.ts'
import { readWorktree, type StoredWorktree } from './stored-workflow.ts'

/* Which runs have completed without their work having been brought back from their worktrees. */

const EVENT = 'worktree'

/** Puts on record how the worktree of a run ended: of one that was left on its branch nothing more is to be done. */
export const noteWorktree = async (
  store: RunStore,
  runId: string,
  outcome: WorktreeEnd['outcome'] | 'failed',
  text: string,
): Promise<void> => await store.appendEvent({ runId, sessionId: null, type: EVENT, data: { outcome, text } })

/** Whether a run that has completed still has a worktree whose work was not brought back, or was left on its branch. */
export const hasWorktreeLeft = async (store: RunStore, { runId }: RunRecord): Promise<boolean> => {
  const worktree = await readWorktree(store, runId)
  return worktree !== null && existsSync(worktree.folder) && (await isKnownToGit(worktree, runId))
}

/** Runs that have completed and for whose worktree nobody has done what was asked for, and nobody is about to. */
export const listUnmerged = async (store: RunStore, storeFolder: string): Promise<readonly RunRecord[]> => {
  const unmerged: RunRecord[] = []
  for (const runId of namesIn(worktreesFolder(storeFolder))) {
    const run = await store.getRun(runId)
    if (run?.status === 'completed' && (await isUnmerged(store, run))) unmerged.push(run)
  }
  return unmerged
}

const isUnmerged = async (store: RunStore, run: RunRecord): Promise<boolean> => {
  const last = await lastNote(store, run.runId)
  if (last === 'left') return false
  // Whoever has ended it may be at it; once that has failed, it is anybody's.
  if (last !== 'failed' && (await store.hasLiveHost(run.runId))) return false
  try {
    return await hasWorktreeLeft(store, run)
  } catch (error) {
    // Where git cannot say, the files are there.
    if (error instanceof WorktreeError) return true
    throw error
  }
}

const isKnownToGit = async ({ repository }: StoredWorktree, runId: string): Promise<boolean> =>
  (await listWorktrees({ repository })).some((known) => known.runId === runId)

const lastNote = async (store: RunStore, runId: string): Promise<unknown> => {
  let last: unknown
  let afterId = 0
  for (let events: readonly EventRecord[]; ; afterId = events.at(-1)?.id ?? afterId) {
    events = await store.listEvents(runId, { afterId })
    if (events.length === 0) return last
    const note = events.findLast(({ type }) => type === EVENT)
    if (note !== undefined) last = (note.data as { readonly outcome?: unknown }).outcome
  }
}

const namesIn = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder) : [])
