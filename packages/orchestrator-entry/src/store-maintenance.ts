import { accessSync, constants, existsSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import {
  type ArtifactSweep,
  type Finding,
  findStoreFolder,
  openRunStore,
  type RunRecord,
  type RunStore,
  RunStoreError,
} from '@mayfly/run-store'
import { UsageError } from './errors.ts'
import { withPrefix } from './logger.ts'
import { checkFolder } from './request-checks.ts'
import { artifactsFolder, StoreRegistry, storePath, worktreesFolder } from './store-registry.ts'
import type { Surroundings } from './surroundings.ts'
import { listOwnedWorktrees } from './workflow/owned-worktrees.ts'
import { listUnmerged } from './workflow/unmerged-work.ts'
import { collectWorktrees, findWorktrees, type OwnedWorktree } from './workspace/collect-worktrees.ts'

/* Care for a store: looking for what is wrong, throwing away what is old, keeping a copy. Nothing here creates a store. */

/** One thing that was looked at; `advice` says what to do. */
export type DoctorFinding =
  | Finding
  | (Omit<Finding, 'code'> & { readonly code: 'node' | 'store' | 'folder' | 'worktrees' })

export interface DoctorReport {
  readonly storeFolder: string
  readonly findings: readonly DoctorFinding[]
  /** False when any of them is a warning or an error. */
  readonly isWell: boolean
}

/** Looks at everything that can be wrong with the store of a folder, and changes nothing. */
export const examineStore = async ({ cwd, environment }: Surroundings): Promise<DoctorReport> => {
  const storeFolder = findStoreFolder(checkFolder(cwd), environment)
  const findings = [nodeFinding(), ...(await findingsOf(storeFolder))]
  return { storeFolder, findings, isWell: findings.every(({ level }) => level === 'ok') }
}

const nodeFinding = (): DoctorFinding => ({
  code: 'node',
  level: 'ok',
  message: `Node ${process.versions.node}, SQLite ${process.versions['sqlite'] ?? 'built in'}`,
  advice: null,
})

const findingsOf = async (folder: string): Promise<readonly DoctorFinding[]> => {
  if (!existsSync(storePath(folder))) {
    const message = `There is no store in ${folder} yet`
    return [{ code: 'store', level: 'ok', message, advice: null }]
  }
  try {
    const store = await openRunStore({ path: storePath(folder), readOnly: true })
    try {
      const checked = await store.check({ artifactFolder: artifactsFolder(folder) })
      return [folderFinding(folder), ...checked, await worktreesFinding(store, folder)]
    } finally {
      await store.close()
    }
  } catch (error) {
    if (!(error instanceof RunStoreError)) throw error
    return [{ code: 'store', level: 'error', message: `${error.code}: ${error.message}`, advice: adviceFor(error) }]
  }
}

const folderFinding = (folder: string): DoctorFinding => {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    accessSync(storePath(folder), constants.W_OK)
  } catch {
    const message = `${folder} cannot be written by this user`
    return { code: 'folder', level: 'error', message, advice: 'Change its owner or mode, or set MAYFLY_HOME' }
  }
  const isPrivate = (statSync(folder).mode & 0o077) === 0
  if (isPrivate) return { code: 'folder', level: 'ok', message: `${folder} is this user's alone`, advice: null }
  const message = `${folder} can be entered by other users`
  return { code: 'folder', level: 'warning', message, advice: `Prompts and results may be secret: chmod 700 ${folder}` }
}

const worktreesFinding = async (store: RunStore, folder: string): Promise<DoctorFinding> => {
  const runIds = (await listUnmerged(store, folder)).map(({ runId }) => runId)
  if (runIds.length === 0) {
    const message = 'No run has completed without its work having been brought back from its worktree'
    return { code: 'worktrees', level: 'ok', message, advice: null }
  }
  const message = `Runs have completed, but their work is still in their worktrees: ${runIds.join(', ')}`
  const advice = `Bring it back: ${runIds.map((runId) => `mayfly resume ${runId}`).join('; ')}, or mayfly resume --all`
  return { code: 'worktrees', level: 'warning', message, advice }
}

const adviceFor = ({ code }: RunStoreError): string => {
  if (code === 'STORE_OLDER_VERSION')
    return 'Run any command that writes, such as mayfly gc: it brings the store up to date'
  if (code === 'STORE_NEWER_VERSION') return 'Update mayfly, or set MAYFLY_HOME to another folder'
  return 'Move the file and its -wal away, put a backup in its place, or start with a new store'
}

export interface CollectOptions {
  /** Runs that ended longer ago are deleted, in milliseconds. */
  readonly keepMs: number
  /** Also those that could still be resumed. @default false */
  readonly interrupted?: boolean
  /** Only says what would be deleted. @default false */
  readonly dryRun?: boolean
}

export interface CollectReport {
  readonly dryRun: boolean
  readonly runs: readonly string[]
  /** Files of these runs, and files that belong to no record. */
  readonly files: readonly string[]
  /** Folders of worktrees of these runs, in whichever repository; in a dry run also those that would be kept. */
  readonly worktrees: readonly string[]
  /** Why others are kept: work that is merged nowhere is not thrown away. In sentences. */
  readonly kept: readonly string[]
  readonly events: number
  readonly bytesBefore: number
  readonly bytesAfter: number
}

/** Deletes what ended long ago, with its artifacts, and files that no record names. @throws RunStoreError, UsageError `STORE_MISSING` */
export const collectStore = (surroundings: Surroundings, options: CollectOptions): Promise<CollectReport> =>
  withExistingStore(surroundings, async (store, folder) =>
    options.dryRun === true
      ? await foresee(store, folder, surroundings.cwd, options)
      : await collect(store, folder, surroundings.cwd, options),
  )

const collect = async (
  store: RunStore,
  folder: string,
  cwd: string,
  options: CollectOptions,
): Promise<CollectReport> => {
  const { keepMs, interrupted = false } = options
  // Which repository a worktree belongs to is on record with its run only.
  const owned = hasWorktrees(folder) ? await listOwnedWorktrees(store) : []
  const { runs, artifacts, events, bytesBefore, bytesAfter } = await store.gc({ keepMs, interrupted })
  for (const { path } of artifacts) rmSync(path, { force: true })
  const swept = await store.sweepArtifacts({ artifactFolder: artifactsFolder(folder), remove: true })
  for (const runId of runs) rmSync(join(artifactsFolder(folder), runId), { recursive: true, force: true })
  const files = [...artifacts.map(({ path }) => path), ...filesOf(swept)]
  const { removed: worktrees, kept } = await collectWorktrees(ofRuns(owned, runs), cwd)
  return { dryRun: false, runs, files, worktrees, kept, events, bytesBefore, bytesAfter }
}

const ofRuns = (owned: readonly OwnedWorktree[], runs: readonly string[]): readonly OwnedWorktree[] => {
  const wanted = new Set(runs)
  return owned.filter(({ runId }) => wanted.has(runId))
}

/** Where none was ever made, no run needs to be asked. */
const hasWorktrees = (folder: string): boolean => existsSync(worktreesFolder(folder))

const MOST_LISTED = 10_000_000

/** What `collect` would delete: the same runs, by the same rule. */
const foresee = async (
  store: RunStore,
  folder: string,
  cwd: string,
  options: CollectOptions,
): Promise<CollectReport> => {
  const before = Date.now() - options.keepMs
  const ends = ['completed', 'failed', 'cancelled', ...(options.interrupted === true ? ['interrupted' as const] : [])]
  const isOld = ({ status, endedAt, createdAt }: RunRecord): boolean =>
    ends.includes(status) && (endedAt ?? createdAt) < before
  const runs = (await store.listRuns({ limit: MOST_LISTED })).filter(isOld).map(({ runId }) => runId)
  const recorded = await Promise.all(runs.map((runId) => store.listArtifacts(runId)))
  const loose = await store.sweepArtifacts({ artifactFolder: artifactsFolder(folder) })
  const size = statSync(storePath(folder)).size
  const files = [...recorded.flat().map(({ path }) => path), ...filesOf(loose)]
  const owned = hasWorktrees(folder) ? await listOwnedWorktrees(store) : []
  const { found, lost: kept } = await findWorktrees(ofRuns(owned, runs), cwd)
  const worktrees = found.map(({ path }) => path)
  return { dryRun: true, runs, files, worktrees, kept, events: 0, bytesBefore: size, bytesAfter: size }
}

const filesOf = ({ temporary, unrecorded }: ArtifactSweep): readonly string[] => [...temporary, ...unrecorded]

/** Writes a whole copy of the store's database to a new file, while others go on working. @returns its path */
export const backupStore = (surroundings: Surroundings, file: string): Promise<string> =>
  withExistingStore(surroundings, async (store) => {
    const path = resolve(file)
    if (!existsSync(dirname(path)))
      throw new UsageError('FOLDER_NOT_FOUND', `Expected a folder for the backup, but ${dirname(path)} is not there.`)
    await store.backup(path)
    return path
  })

const withExistingStore = async <Value>(
  { cwd, environment, logger }: Surroundings,
  act: (store: RunStore, folder: string) => Promise<Value>,
): Promise<Value> => {
  const folder = findStoreFolder(checkFolder(cwd), environment)
  const desk = await new StoreRegistry(withPrefix(logger)).openExisting(folder)
  if (desk === undefined)
    throw new UsageError('STORE_MISSING', `There is no store in ${folder} yet; a first run makes it.`)
  try {
    return await act(desk.store, folder)
  } finally {
    await desk.store.close()
  }
}
