import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { openRunStore, type RunStore } from '@mayfly/run-store'
import { UsageError } from './errors.ts'
import type { Logger } from './logger.ts'

export const storePath = (folder: string): string => join(folder, 'mayfly.db')

/**
 * Makes the folder for a run's artifacts and sees that it is where it says: a repository may come with a link in its place.
 * @throws UsageError `ARTIFACT_FOLDER_UNSAFE`
 */
export const makeArtifactFolder = (storeFolder: string, runId: string): string =>
  makeRealFolder(makeRealFolder(realpathSync(storeFolder), 'artifacts'), runId)

const makeRealFolder = (parent: string, name: string): string => {
  const folder = join(parent, name)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const real = realpathSync(folder)
  if (real === folder) return folder
  throw new UsageError(
    'ARTIFACT_FOLDER_UNSAFE',
    `Expected ${folder} to be a folder of its own, but it leads to ${real}. Remove the link.`,
  )
}

export type OpenStore = (path: string) => Promise<RunStore>

/** Opens each store once and reports what earlier processes left behind in it. */
export class StoreRegistry {
  readonly #logger: Logger
  readonly #openStore: OpenStore
  readonly #opening: Map<string, Promise<RunStore>> = new Map()
  readonly #opened: Set<RunStore> = new Set()

  constructor(logger: Logger, openStore: OpenStore = (path) => openRunStore({ path })) {
    this.#logger = logger
    this.#openStore = openStore
  }

  /** @throws RunStoreError when the file cannot be used; a later call tries again. */
  open(folder: string): Promise<RunStore> {
    const known = this.#opening.get(folder)
    if (known !== undefined) return known
    const opening = this.#open(folder)
    this.#opening.set(folder, opening)
    opening.catch(() => this.#opening.delete(folder))
    return opening
  }

  /** For looking only: creates nothing where there is no store yet. */
  async openExisting(folder: string): Promise<RunStore | undefined> {
    return existsSync(storePath(folder)) ? await this.open(folder) : undefined
  }

  /** Marks what this process has left unfinished, says so, and closes every store. Synchronous, for exit hooks. */
  closeSync(reason: string): void {
    for (const store of this.#opened) {
      for (const runId of store.interruptOwn(reason)) this.#logger.info(`Run ${runId} marked as interrupted: ${reason}`)
      store.closeSync()
      this.#logger.info('Run store closed')
    }
    this.#opened.clear()
    this.#opening.clear()
  }

  async #open(folder: string): Promise<RunStore> {
    const store = await this.#openStore(storePath(folder))
    this.#opened.add(store)
    const { interrupted } = await store.recoverLost()
    for (const { runId } of interrupted) {
      this.#logger.warn(`Run ${runId} was interrupted: the process that worked on it is gone`)
    }
    return store
  }
}
