import { mkdir, readdir, realpath } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { removeWorktree } from './remove-worktree.ts'
import { type Repository, TREE_TIMEOUT_MS, unavailable } from './repository.ts'
import { branchOf, describe, find, type Worktree, type WorktreeOptions } from './worktree.ts'
import { WorktreeError } from './worktree-error.ts'
import { dropTree, findTree } from './worktree-files.ts'
import { type WorktreeRecord, writeRecord } from './worktree-record.ts'

export interface CreateWorktreeOptions extends WorktreeOptions {
  /** Where worktrees are kept, one folder for each run; made when missing. */
  readonly folder: string
}

/**
 * Makes the worktree of a run from HEAD, or finds the one that it has. Whatever an earlier call was interrupted in is made good.
 * @throws WorktreeError `WORKTREE_UNAVAILABLE`, `WORKTREE_TAKEN`
 * @throws GitError `GIT_FAILED` when git cannot make it, such as for want of space
 * @throws RunIdInvalidError
 */
export const createWorktree = async (options: CreateWorktreeOptions): Promise<Worktree> => {
  const { repository, record: found } = await find(options)
  const path = await placeFor(options)
  if (found?.state === 'removing') await removeWorktree(options)
  const record = found?.state === 'removing' ? undefined : found
  if (record !== undefined && record.path !== path) {
    throw taken(record.runId, `the run has its worktree in ${record.path} already`)
  }
  const begun = record ?? (await begin(repository, options.runId, path))
  if (begun.state === 'ready') await bringBack(repository, begun)
  else await make(repository, begun)
  return describe(repository, begun)
}

/** No link is on the way to it, as in what git says of its worktrees. */
const placeFor = async ({ folder, runId }: CreateWorktreeOptions): Promise<string> => {
  await mkdir(resolve(folder), { recursive: true, mode: 0o700 })
  return join(await realpath(folder), runId)
}

const begin = async (repository: Repository, runId: string, path: string): Promise<WorktreeRecord> => {
  const { root, prefix } = repository
  const base = await repository.commitOf('HEAD')
  if (base === undefined) throw unavailable(root, 'it has no commit yet (git commit --allow-empty makes one)')
  await assertCommitted(repository, base)
  await assertFree(repository, runId, path)
  const from = await repository.branchIn()
  const isDirty = await repository.isChanged(root, 'normal')
  return await writeRecord(repository, { version: 1, runId, path, base, from, isDirty, prefix, state: 'making' })
}

/** A folder that is in no commit would be missing from the worktree. */
const assertCommitted = async (repository: Repository, base: string): Promise<void> => {
  const { root, prefix } = repository
  if (prefix === '') return
  const type = await repository.ask(['cat-file', '-t', `${base}:${prefix}`])
  if (type.stdout.trim() === 'tree') return
  throw unavailable(join(root, prefix), `nothing in it is committed in ${root}`)
}

const assertFree = async (repository: Repository, runId: string, path: string): Promise<void> => {
  const branch = branchOf(runId)
  const tip = await repository.commitOf(`refs/heads/${branch}`)
  if (tip !== undefined) throw taken(runId, `a branch ${branch} exists that was not made for it`)
  const entries = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw taken(runId, `${path} is in the way (${error.code})`)
  })
  if (entries.length > 0) throw taken(runId, `${path} is there already and is not empty`)
}

/** Nobody has worked in it yet, so whatever is there is the rest of an interrupted call. */
const make = async (repository: Repository, record: WorktreeRecord): Promise<void> => {
  const branch = branchOf(record.runId)
  await dropTree(repository, record)
  const tip = await repository.commitOf(`refs/heads/${branch}`)
  if (tip !== undefined && tip !== record.base) {
    throw taken(record.runId, `branch ${branch} was moved while its worktree was being made`)
  }
  const args = ['worktree', 'add', '--quiet', '--no-track', '-B', branch, record.path, record.base]
  await repository.run(args, { timeoutMs: TREE_TIMEOUT_MS })
  await writeRecord(repository, { ...record, state: 'ready' })
}

/** Somebody has removed the folder; what was committed on the branch is still there. */
const bringBack = async (repository: Repository, { path, runId }: WorktreeRecord): Promise<void> => {
  if (await findTree(repository, path)) return
  await repository.run(['worktree', 'add', '--quiet', '--force', path, branchOf(runId)], { timeoutMs: TREE_TIMEOUT_MS })
}

const taken = (runId: string, why: string): WorktreeError =>
  new WorktreeError(
    'WORKTREE_TAKEN',
    runId,
    `No worktree can be made for run ${runId}: ${why}. Remove it or rename it.`,
  )
