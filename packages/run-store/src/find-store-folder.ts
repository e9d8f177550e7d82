import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/**
 * The folder for store and artifacts: `MAYFLY_HOME` when set (relative to `cwd`), else `.mayfly` in the git root that
 * holds `cwd`, else `.mayfly` in `cwd`. Looks, but creates nothing.
 */
export function findStoreFolder(cwd: string, environment: Record<string, string | undefined>): string {
  const home = environment['MAYFLY_HOME']?.trim()
  if (home) return resolve(cwd, home)
  return join(gitRoot(resolve(cwd)) ?? resolve(cwd), '.mayfly')
}

/** In a work tree or a submodule `.git` is a file, so its mere presence counts. */
function gitRoot(folder: string): string | undefined {
  if (existsSync(join(folder, '.git'))) return folder
  const parent = dirname(folder)
  return parent === folder ? undefined : gitRoot(parent)
}
