import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { StoreNotFoundError, StoreUnwritableError } from './store-error.ts'

/** Makes a place for the store: folder, its `.gitignore`, and a file that only its owner may read. */
export function prepareStoreFile(path: string): void {
  try {
    prepareFolder(dirname(path))
    createPrivately(path, '')
    accessSync(path, constants.R_OK | constants.W_OK)
    // SQLite would fall back to reading only, and leave its -wal and -shm behind.
    accessSync(dirname(path), constants.W_OK)
  } catch (error) {
    throw new StoreUnwritableError(path, error instanceof Error ? error.message : String(error), error)
  }
}

/** Throws `StoreNotFoundError` for a file that is not there, because reading must not create one. */
export function assertStoreFile(path: string): void {
  if (!existsSync(path)) throw new StoreNotFoundError(path)
}

/** Whether SQLite may keep its -wal and -shm beside the file, and clear them away. */
export function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    accessSync(dirname(path), constants.W_OK)
    return true
  } catch {
    return false
  }
}

function prepareFolder(folder: string): void {
  const isNew = mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined
  if (isNew || isOurs(folder)) createPrivately(join(folder, '.gitignore'), '*\n')
}

/** A path may lead into somebody's project: a `.gitignore` of ours there would hide all of it from git. */
function isOurs(folder: string): boolean {
  return basename(folder) === '.mayfly' || readdirSync(folder).length === 0
}

/**
 * Leaves an existing file alone, and never opens it: closing any descriptor of a file drops the locks that this process
 * holds on it, those of another open store included (https://www.sqlite.org/howtocorrupt.html, section 2.2).
 */
function createPrivately(path: string, content: string): void {
  if (existsSync(path)) return
  try {
    const descriptor = openSync(path, 'wx', 0o600)
    writeFileSync(descriptor, content)
    closeSync(descriptor)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
