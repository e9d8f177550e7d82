import { commitWork, type Work } from './commit-work.ts'
import { goOnCommands } from './go-on-commands.ts'
import { mergeWork, type Obstacle } from './merge-work.ts'
import type { Repository } from './repository.ts'
import { branchOf, find, type WorktreeOptions } from './worktree.ts'
import type { LeftReason, WorktreeEnd } from './worktree-end.ts'
import { WorktreeError } from './worktree-error.ts'
import type { WorktreeRecord } from './worktree-record.ts'

export interface FinishWorktreeOptions extends WorktreeOptions {
  /** Of the commit that holds what the run has not committed itself. @default `Work of run <runId>` */
  readonly message?: string
}

/**
 * Commits what a run has changed in its worktree and, for `merge`, brings it into the branch that the run began from: only when the
 * main tree has that branch and no changes, and both sides merge without a conflict. Otherwise, and for `leave`, it stays on its own
 * branch and the main tree is not touched. No hook, filter or merge driver of the repository is run. Once more gives the same end.
 * @throws WorktreeError `WORKTREE_UNKNOWN` when the run has no worktree; `WORKTREE_UNAVAILABLE`
 * @throws GitError `GIT_FAILED` when git cannot commit, such as for want of space
 */
export const finishWorktree = async (options: FinishWorktreeOptions, how: 'merge' | 'leave'): Promise<WorktreeEnd> => {
  const { repository, record } = await find(options)
  if (record?.state !== 'ready') throw unknown(options.runId, 'it has none, or none that is ready')
  const work = await commitWork(repository, record, options.message ?? `Work of run ${record.runId}`)
  if (work === undefined) throw unknown(options.runId, `its branch ${branchOf(options.runId)} is gone`)
  if (work.obstacle !== null) return left(repository, record, work, work.obstacle)
  if (work.commit === record.base) return { outcome: 'unchanged', message: `Run ${record.runId} changed no file.` }
  if (how === 'leave') return left(repository, record, work, { reason: 'asked', why: 'as was asked for' })
  const end = await mergeWork(repository, record, work.commit)
  return typeof end === 'string' ? merged(record, work, end) : left(repository, record, work, end)
}

const merged = ({ runId }: WorktreeRecord, { commit, files }: Work, into: string): WorktreeEnd => {
  const message = `The work of run ${runId} (${filesIn(files)}) is merged into ${into}.`
  return { outcome: 'merged', commit, into, files, message }
}

const left = (repository: Repository, record: WorktreeRecord, work: Work, obstacle: Obstacle): WorktreeEnd => {
  const { commit, files } = work
  const { reason, conflicts = [] } = obstacle
  const branch = branchOf(record.runId)
  const commands = goOnCommands(repository, record)
  const message = [
    `The work of run ${record.runId} (${filesIn(files)}) is left on branch ${branch}, in ${record.path}: ${obstacle.why}.`,
    ...conflicts.map((path) => `  conflict in ${path}`),
    ...adviceFor(reason),
    `To look at it:  ${commands.look}`,
    `To merge it:    ${commands.merge}`,
    `To remove it:   ${commands.remove}`,
  ].join('\n')
  return { outcome: 'left', reason, commit, branch, files, conflicts, commands, message }
}

const adviceFor = (reason: LeftReason): readonly string[] => {
  if (reason === 'main-changed') return ['Commit or stash the changes of the main tree before you merge.']
  if (reason === 'unfinished') return ['Commit in the worktree what you want to keep before you merge.']
  if (reason === 'embedded') return ['Move the repositories out of the worktree before you remove it.']
  return []
}

const filesIn = (count: number): string => (count === 1 ? '1 file' : `${count} files`)

const unknown = (runId: string, why: string): WorktreeError =>
  new WorktreeError('WORKTREE_UNKNOWN', runId, `Expected run ${runId} to have a worktree in this repository: ${why}.`)
