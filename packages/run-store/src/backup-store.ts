import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { copyInto } from './sql/gc-queries.ts'
import type { StoreContext } from './store-context.ts'
import { BackupExistsError, StoreUnwritableError } from './store-error.ts'

/**
 * Copies the store as it is at one moment into a new file. The name is taken first, so that two backups cannot both have
 * it; the content goes to a temporary name beside it, is synced, and then takes its place as a whole.
 */
export function backupStore({ database, host }: StoreContext, file: string): void {
  const path = resolve(file)
  takeName(path)
  const temporary = `${path}.${host.bootId}.tmp`
  try {
    createPrivately(temporary)
    database.run(copyInto, { file: temporary })
    sync(temporary)
    renameSync(temporary, path)
    sync(dirname(path))
  } catch (error) {
    rmSync(temporary, { force: true })
    rmSync(`${temporary}-journal`, { force: true })
    rmSync(path, { force: true })
    throw isSystemError(error) ? unwritable(path, error) : error
  }
}

function takeName(path: string): void {
  try {
    createPrivately(path)
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw error.code === 'EEXIST' ? new BackupExistsError(path) : unwritable(path, error)
  }
}

/** For its owner only, as the store itself. */
function createPrivately(path: string): void {
  closeSync(openSync(path, 'wx', 0o600))
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function unwritable(path: string, error: Error): StoreUnwritableError {
  return new StoreUnwritableError(path, error.message, error)
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  return error instanceof Error && 'syscall' in error
}
