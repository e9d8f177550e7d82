import { accessSync, constants, statSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import type { Environment } from './process/program-environment.ts'

/**
 * Finds a program without running it: by its path, or by its name in the folders of PATH. Folders of PATH that are not absolute are
 * passed over: what they name depends on where one stands.
 *
 * @param cwd for a path that is relative
 * @returns its absolute path; undefined when there is none that may be run
 */
export function findExecutable(name: string, environment: Environment, cwd: string): string | undefined {
  if (name.includes('/')) return [resolve(cwd, name)].find(isExecutable)
  const folders = (environment['PATH'] ?? '').split(':').filter(isAbsolute)
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
