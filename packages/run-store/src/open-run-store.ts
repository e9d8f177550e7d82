import { resolve } from 'node:path'
import type { RunStore } from './run-store.ts'
import { StoreInputError } from './store-error.ts'

export interface RunStoreOptions {
  /** The database file; relative to the working directory. */
  readonly path: string
  /** Clock, in whole milliseconds since the epoch. @default Date.now */
  readonly now?: () => number
  /** Reads an existing store and writes nothing, not even this process's presence. @default false */
  readonly readOnly?: boolean
  /** How long a call waits for another process's lock, in milliseconds, at least 0. @default 5000 */
  readonly busyTimeoutMs?: number
  /**
   * How long this process keeps what it has claimed without renewing, in milliseconds, at least 100. A thread of its own
   * renews three times in this, so a busy main thread loses nothing; a process that was stopped for longer may lose
   * everything. Counted by a clock that stands still while the machine sleeps. @default 15000
   */
  readonly leaseMs?: number
}

const defaults = { now: Date.now, readOnly: false, busyTimeoutMs: 5000, leaseMs: 15_000 } satisfies Omit<
  RunStoreOptions,
  'path'
>

/**
 * Opens the store at `path`; creates it, in a folder of mode 0700, when it is not there. Several processes may have one
 * store open. What it cannot use it refuses, and leaves as it was, with a `code`: `STORE_NEWER_VERSION`,
 * `STORE_OLDER_VERSION` and `STORE_NOT_FOUND` (both for `readOnly`), `STORE_NOT_A_DATABASE`, `STORE_CORRUPT`,
 * `STORE_LOCKED`, `STORE_UNWRITABLE`; `STORE_INPUT_INVALID` for options that make no sense.
 */
export async function openRunStore(options: RunStoreOptions): Promise<RunStore> {
  assertOptions(options)
  const path = resolve(options.path)
  // SQLite and all that needs it are loaded here and not with the package: a command that stores nothing pays nothing.
  const { SqliteRunStore } = await import('./sqlite-run-store.ts')
  return SqliteRunStore.open({
    path,
    now: options.now ?? defaults.now,
    readOnly: options.readOnly ?? defaults.readOnly,
    busyTimeoutMs: options.busyTimeoutMs ?? defaults.busyTimeoutMs,
    leaseMs: options.leaseMs ?? defaults.leaseMs,
  })
}

function assertOptions(options: RunStoreOptions): void {
  const { path, busyTimeoutMs = defaults.busyTimeoutMs, leaseMs = defaults.leaseMs } = options
  if (typeof path !== 'string' || path === '' || path.includes('\0'))
    throw new StoreInputError('Option path', 'the name of a file', path)
  if (!Number.isSafeInteger(busyTimeoutMs) || busyTimeoutMs < 0)
    throw new StoreInputError('Option busyTimeoutMs', 'whole milliseconds, at least 0', busyTimeoutMs)
  if (!Number.isSafeInteger(leaseMs) || leaseMs < 100)
    throw new StoreInputError('Option leaseMs', 'whole milliseconds, at least 100', leaseMs)
}
