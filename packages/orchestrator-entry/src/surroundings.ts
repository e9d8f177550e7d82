import { findStoreFolder, type RunStore } from '@mayfly/run-store'
import type { Environment } from './detect-runtime.ts'
import { type Logger, withPrefix } from './logger.ts'
import { checkFolder } from './request-checks.ts'
import { StoreRegistry } from './store-registry.ts'

/** Where somebody looks from. */
export interface Surroundings {
  readonly cwd: string
  readonly environment: Environment
  readonly logger: Logger
}

/** Reads the store that belongs to a folder; undefined where there is none, and none is made. */
export const withStore = async <Value>(
  { cwd, environment, logger }: Surroundings,
  read: (store: RunStore | undefined) => Promise<Value>,
): Promise<Value> => {
  const stores = new StoreRegistry(withPrefix(logger))
  const desk = await stores.openExisting(findStoreFolder(checkFolder(cwd), environment))
  const store = desk?.store
  try {
    return await read(store)
  } finally {
    await store?.close()
  }
}
