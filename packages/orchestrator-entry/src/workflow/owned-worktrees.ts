import { join, sep } from 'node:path'
import type { RunRecord, RunStore } from '@mayfly/run-store'
import type { OwnedWorktree } from '../workspace/collect-worktrees.ts'
import { readWorktree } from './stored-workflow.ts'

const MOST_LISTED = 10_000_000

/** The worktrees that the runs of a store have on record, whether or not they are still there. */
export const listOwnedWorktrees = async (store: RunStore): Promise<readonly OwnedWorktree[]> => {
  const owned: OwnedWorktree[] = []
  for (const run of await store.listRuns({ limit: MOST_LISTED })) {
    if (!worksInWorktree(run)) continue
    const worktree = await readWorktree(store, run.runId)
    if (worktree !== null) owned.push({ runId: run.runId, ...worktree })
  }
  return owned
}

/** Told by its folder, for what is stored with a whole run may be large. */
const worksInWorktree = ({ cwd, runId }: RunRecord): boolean =>
  `${cwd}${sep}`.includes(`${sep}${join('worktrees', runId)}${sep}`)
