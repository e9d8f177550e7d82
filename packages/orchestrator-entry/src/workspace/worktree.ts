import { join } from 'node:path'
import { assertRunId } from '@mayfly/run-store'
import { Repository, unavailable } from './repository.ts'
import { readRecord, readRecords, type WorktreeRecord } from './worktree-record.ts'

/** Whose worktree, and where. */
export interface WorktreeOptions {
  /** The folder that the run was asked to work in; anywhere in a git repository. */
  readonly repository: string
  readonly runId: string
  /** @default a signal that never aborts */
  readonly signal?: AbortSignal
}

/** A tree of its own for one run, on a branch of its own. */
export interface Worktree {
  readonly runId: string
  /** Its root. */
  readonly path: string
  /** The folder to work in: what `repository` is in the main tree. */
  readonly cwd: string
  /** `mayfly/<runId>` */
  readonly branch: string
  /** The commit that it began from. */
  readonly base: string
  /** The branch that it began from, such as `main`; null when HEAD was detached. */
  readonly from: string | null
  /** What a person should know about it, in sentences. */
  readonly notes: readonly string[]
}

/** The worktrees of all runs that have one. @throws WorktreeError `WORKTREE_UNAVAILABLE` */
export const listWorktrees = async (
  options: Pick<WorktreeOptions, 'repository' | 'signal'>,
): Promise<readonly Worktree[]> => {
  const repository = await Repository.open(options.repository, options.signal)
  return (await readRecords(repository)).map((record) => describe(repository, record))
}

export const branchOf = (runId: string): string => `mayfly/${runId}`

/** @throws RunIdInvalidError, WorktreeError `WORKTREE_UNAVAILABLE` */
export const find = async ({
  repository: folder,
  runId,
  signal,
}: WorktreeOptions): Promise<{ readonly repository: Repository; readonly record: WorktreeRecord | undefined }> => {
  assertRunId(runId)
  if (/\.(lock)?$/.test(runId)) {
    throw unavailable(folder, `git takes no branch whose name ends like that of run ${JSON.stringify(runId)}`)
  }
  const repository = await Repository.open(folder, signal)
  return { repository, record: await readRecord(repository, runId) }
}

export const describe = (repository: Repository, record: WorktreeRecord): Worktree => ({
  runId: record.runId,
  path: record.path,
  cwd: join(record.path, record.prefix),
  branch: branchOf(record.runId),
  base: record.base,
  from: record.from === null ? null : record.from.replace(/^refs\/heads\//, ''),
  notes: notesOf(repository, record),
})

const notesOf = ({ root, programs }: Repository, { isDirty }: WorktreeRecord): readonly string[] => [
  ...(isDirty ? [`${root} has changes that are in no commit; the run does not see them.`] : []),
  ...(programs.length === 0
    ? []
    : [`The repository's configuration names programs, which are not run: ${programs.join(', ')}.`]),
]
