import { existsSync, lstatSync, mkdirSync, readlinkSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { openRunStore, type RunStore } from '@mayfly/run-store'
import { UsageError } from './errors.ts'
import type { Logger } from './logger.ts'
import { StoreDesk } from './queue/store-desk.ts'

export const storePath = (folder: string): string => join(folder, 'mayfly.db')

export const artifactsFolder = (storeFolder: string): string => join(storeFolder, 'artifacts')

export const worktreesFolder = (storeFolder: string): string => join(storeFolder, 'worktrees')

/**
 * Makes the folder for a run's artifacts and sees that it is where it says: a repository may come with a link in its place.
 * Each further attempt has a folder of its own in it: an earlier one that was taken for lost may still write for a while.
 * @throws UsageError `ARTIFACT_FOLDER_UNSAFE`
 */
export const makeArtifactFolder = (storeFolder: string, runId: string, attempt = 1): string => {
  const folder = makeRealFolder(makeRealFolder(realpathSync(storeFolder), 'artifacts'), runId)
  return attempt === 1 ? folder : makeRealFolder(folder, `attempt-${attempt}`)
}

/** The same for one step of a whole run: steps may make artifacts of the same name. @param step its position */
export const makeStepFolder = (storeFolder: string, runId: string, step: number, attempt: number): string => {
  const folder = makeRealFolder(makeArtifactFolder(storeFolder, runId), `step-${step}`)
  return attempt === 1 ? folder : makeRealFolder(folder, `attempt-${attempt}`)
}

/** Sees the same without making anything: what is refused afterwards leaves no folder. @throws UsageError `ARTIFACT_FOLDER_UNSAFE` */
export const assertArtifactFolder = (storeFolder: string, runId: string): void => {
  const folder = artifactsFolder(realpathSync(storeFolder))
  for (const path of [folder, join(folder, runId)]) {
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (found === undefined || found.isDirectory()) continue
    if (found.isSymbolicLink()) throw unsafe(path, `leads to ${readlinkSync(path)}. Remove the link.`)
    throw unsafe(path, 'is something else. Move it away.')
  }
}

const makeRealFolder = (parent: string, name: string): string => {
  const folder = join(parent, name)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const real = realpathSync(folder)
  if (real === folder) return folder
  throw unsafe(folder, `leads to ${real}. Remove the link.`)
}

const unsafe = (folder: string, why: string): UsageError =>
  new UsageError('ARTIFACT_FOLDER_UNSAFE', `Expected ${folder} to be a folder of its own, but it ${why}`)

/** @param leaseMs see `RunStoreOptions.leaseMs` */
export type OpenStore = (path: string, leaseMs: number) => Promise<RunStore>

const DEFAULT_LEASE_MS = 15_000

/** Opens each store once and takes over what lost processes have left in it. */
export class StoreRegistry {
  readonly #logger: Logger
  readonly #openStore: OpenStore
  readonly #opening: Map<string, Promise<StoreDesk>> = new Map()
  readonly #opened: Set<StoreDesk> = new Set()

  constructor(logger: Logger, openStore: OpenStore = (path, leaseMs) => openRunStore({ path, leaseMs })) {
    this.#logger = logger
    this.#openStore = openStore
  }

  /**
   * A store that others have taken over is not given out again: it is opened anew.
   * @throws RunStoreError when the file cannot be used; a later call tries again.
   */
  async open(folder: string, leaseMs: number = DEFAULT_LEASE_MS): Promise<StoreDesk> {
    const known = await this.#opening.get(folder)
    if (known !== undefined && !known.isFenced) return known
    // Another caller may have been here first while this one waited.
    if (known !== undefined) this.#retire(folder, known)
    const already = this.#opening.get(folder)
    if (already !== undefined) return await already
    const opening = this.#open(folder, leaseMs)
    this.#opening.set(folder, opening)
    opening.catch(() => this.#opening.delete(folder))
    return await opening
  }

  /** For looking only: creates nothing where there is no store yet. */
  async openExisting(folder: string, leaseMs: number = DEFAULT_LEASE_MS): Promise<StoreDesk | undefined> {
    return existsSync(storePath(folder)) ? await this.open(folder, leaseMs) : undefined
  }

  get desks(): readonly StoreDesk[] {
    return [...this.#opened]
  }

  /** Marks what this process has left unfinished, says so, and closes every store. Synchronous, for exit hooks. */
  closeSync(reason: string): void {
    for (const desk of this.#opened) {
      this.#interruptOwn(desk, reason)
      desk.closeSync()
      this.#logger.info('Run store closed')
    }
    this.#opened.clear()
    this.#opening.clear()
  }

  /** Marks what waits in this process as interrupted, so that whoever waits for it can say so. */
  interruptOwn(reason: string): void {
    for (const desk of this.#opened) this.#interruptOwn(desk, reason)
  }

  /** A full disk must not keep a process from ending; what is left unmarked is found by the next one. */
  #interruptOwn(desk: StoreDesk, reason: string): void {
    try {
      desk.interruptOwn(reason)
    } catch (error) {
      this.#logger.warn(`What this process leaves could not be marked as interrupted: ${String(error)}`)
    }
  }

  #retire(folder: string, desk: StoreDesk): void {
    if (!this.#opened.delete(desk)) return
    this.#opening.delete(folder)
    desk.closeSync()
  }

  async #open(folder: string, leaseMs: number): Promise<StoreDesk> {
    const store = await this.#openStore(storePath(folder), leaseMs)
    const desk = new StoreDesk({ folder, store, leaseMs, logger: this.#logger })
    this.#opened.add(desk)
    await desk.recover()
    return desk
  }
}
