import { type Repository, TREE_TIMEOUT_MS } from './repository.ts'
import { branchOf } from './worktree.ts'
import type { LeftReason } from './worktree-end.ts'
import type { WorktreeRecord } from './worktree-record.ts'

/** Why work is left on its branch. */
export interface Obstacle {
  readonly reason: LeftReason
  /** Half a sentence. */
  readonly why: string
  readonly conflicts?: readonly string[]
}

/**
 * Brings a commit into the branch that its run began from, and resolves to that branch's name. The merge is worked out apart from any
 * tree first, so what cannot be merged is never begun in the main tree; that then only moves forward to a commit that exists.
 */
export const mergeWork = async (
  repository: Repository,
  record: WorktreeRecord,
  commit: string,
): Promise<string | Obstacle> => {
  const { from } = record
  if (from === null) return { reason: 'detached', why: 'the run began from no branch' }
  const name = from.replace(/^refs\/heads\//, '')
  const tip = await repository.commitOf(from)
  if (tip === undefined) return elsewhere(name, 'is gone')
  if (await repository.isAncestor(commit, tip)) return name
  const obstacle = await findObstacle(repository, from, name)
  if (obstacle !== null) return obstacle
  const target = (await repository.isAncestor(tip, commit)) ? commit : await joinedOf(repository, record, tip, commit)
  return typeof target === 'string' ? await moveForward(repository, name, target) : target
}

const findObstacle = async (repository: Repository, from: string, name: string): Promise<Obstacle | null> => {
  const current = await repository.branchIn()
  if (current !== from) return elsewhere(name, `is not what ${repository.root} has checked out`)
  if (!(await repository.isChanged(repository.root, 'no'))) return null
  return { reason: 'main-changed', why: `${repository.root} has changes that are not committed` }
}

const elsewhere = (name: string, what: string): Obstacle => ({
  reason: 'branch-elsewhere',
  why: `branch ${name}, which it began from, ${what}`,
})

/** The commit that joins both sides. */
const joinedOf = async (
  repository: Repository,
  { runId }: WorktreeRecord,
  tip: string,
  commit: string,
): Promise<string | Obstacle> => {
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', tip, commit]
  const { exitCode, stdout, stderr } = await repository.ask(args, { timeoutMs: TREE_TIMEOUT_MS })
  if (exitCode > 1) return refused(stderr)
  const [tree = '', ...conflicts] = stdout.split('\0').filter((field) => field !== '')
  if (exitCode === 1) return { reason: 'conflict', why: 'both sides have changed the same', conflicts }
  const message = `Merge branch '${branchOf(runId)}'\n`
  const joined = await repository.run(['commit-tree', tree, '-p', tip, '-p', commit], { input: message })
  return joined.trim()
}

const moveForward = async (repository: Repository, name: string, target: string): Promise<string | Obstacle> => {
  const args = ['merge', '--ff-only', '--no-squash', '--quiet', target]
  const { exitCode, stderr } = await repository.ask(args, { timeoutMs: TREE_TIMEOUT_MS })
  return exitCode === 0 ? name : refused(stderr)
}

const refused = (stderr: string): Obstacle => ({ reason: 'refused', why: `git refused the merge (${stderr})` })
