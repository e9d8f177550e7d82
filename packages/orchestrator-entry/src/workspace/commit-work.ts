import { GitError } from './git-error.ts'
import type { Obstacle } from './merge-work.ts'
import { type Repository, type RepositoryOptions, TREE_TIMEOUT_MS } from './repository.ts'
import { branchOf } from './worktree.ts'
import { findTree } from './worktree-files.ts'
import type { WorktreeRecord } from './worktree-record.ts'

/** What a run has made, as a commit on its branch. */
export interface Work {
  readonly commit: string
  /** How many differ from the commit that the run began from. */
  readonly files: number
  /** Why it can only be left as it is. */
  readonly obstacle: Obstacle | null
}

/** Commits what the run has not committed itself. Undefined when its branch is gone. */
export const commitWork = async (
  repository: Repository,
  record: WorktreeRecord,
  message: string,
): Promise<Work | undefined> => {
  const branch = `refs/heads/${branchOf(record.runId)}`
  const isPresent = await findTree(repository, record.path)
  const unfinished = isPresent ? await commitIn(repository, record.path, branch, message) : null
  const commit = await repository.commitOf(branch)
  if (commit === undefined) return undefined
  const { files, embedded } = await changesOf(repository, record.base, commit)
  const obstacle = embedded.length === 0 ? null : embedding(embedded.join(', '))
  return { commit, files, obstacle: unfinished ?? obstacle }
}

const commitIn = async (
  repository: Repository,
  folder: string,
  branch: string,
  message: string,
): Promise<Obstacle | null> => {
  const unfinished = await findUnfinished(repository, folder, branch)
  if (unfinished !== null) return unfinished
  const options = { folder, timeoutMs: TREE_TIMEOUT_MS }
  const args = ['add', '--all']
  const added = await repository.ask(args, options)
  // So git refuses a repository that was begun inside and has no commit.
  if (/does not have a commit checked out/.test(added.stderr)) return embedding(added.stderr)
  if (added.exitCode !== 0) throw new GitError({ args, folder, ...added, isTimedOut: false })
  await commitStaged(repository, options, message)
  return null
}

const findUnfinished = async (repository: Repository, folder: string, branch: string): Promise<Obstacle | null> => {
  const found = await repository.branchIn(folder)
  if (found !== branch) {
    return {
      reason: 'unfinished',
      why: `the worktree has ${found ?? 'no branch'} checked out, and nothing was committed`,
    }
  }
  const unmerged = await repository.run(['ls-files', '--unmerged', '-z'], { folder })
  const merging = await repository.commitOf('MERGE_HEAD', folder)
  if (unmerged === '' && merging === undefined) return null
  return { reason: 'unfinished', why: 'a merge in the worktree is half done, and nothing was committed' }
}

const commitStaged = async (repository: Repository, options: RepositoryOptions, message: string): Promise<void> => {
  const staged = await repository.run(['diff-index', '--cached', '--name-only', '-z', 'HEAD'], options)
  if (staged === '') return
  const args = ['commit', '--quiet', '--no-verify', '--no-status', '--cleanup=verbatim', '--file=-']
  await repository.run(args, { ...options, input: message })
}

interface Changes {
  readonly files: number
  /** Paths of repositories that were not there before. */
  readonly embedded: readonly string[]
}

/** Each change is `:<old mode> <new mode> … <status>`, then its path. */
const changesOf = async (repository: Repository, base: string, commit: string): Promise<Changes> => {
  const fields = (await repository.run(['diff-tree', '-r', '-z', '--no-renames', base, commit])).split('\0')
  const isEmbedding = (change: string): boolean => /^:(?!160000)\d+ 160000 /.test(change)
  const embedded = fields.filter((_, index) => isEmbedding(fields[index - 1] ?? ''))
  return { files: Math.floor(fields.length / 2), embedded }
}

const embedding = (what: string): Obstacle => ({
  reason: 'embedded',
  why: `it holds repositories of its own, whose content is in no commit (${what})`,
})
