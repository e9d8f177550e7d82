import { lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Node's own variables: the folder of its compile cache, and a switch that turns it off. */
export const COMPILE_CACHE = 'NODE_COMPILE_CACHE'
const DISABLE_COMPILE_CACHE = 'NODE_DISABLE_COMPILE_CACHE'

export type CompileCache = { readonly folder: string | undefined } | { readonly problem: string }

/**
 * Where workers keep compiled code: a worker that imports `typescript` is ready in 130 instead of 350 ms, one that imports nothing
 * 0.5 ms sooner (Node 26). The folder of this process where it has one, otherwise one in the system's folder for
 * temporary files that belongs to this user alone: who can write there can run code here.
 */
export const findCompileCache = (
  environment: Readonly<Record<string, string | undefined>> = process.env,
  base: string = tmpdir(),
): CompileCache => {
  if (environment[DISABLE_COMPILE_CACHE] !== undefined) return { folder: undefined }
  const given = environment[COMPILE_CACHE]
  if (given !== undefined && given !== '') return { folder: given }
  const own = join(base, `mayfly-${process.getuid?.() ?? 'user'}`)
  const folder = join(own, 'compile-cache')
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const stranger = [own, folder].find((path) => !isPrivate(path))
    return stranger === undefined ? { folder } : { problem: `${stranger} can be written by others` }
  } catch (error) {
    return { problem: (error as Error).message }
  }
}

const isPrivate = (path: string): boolean => {
  const { uid, mode } = lstatSync(path)
  const isFolder = (mode & 0o170000) === 0o040000
  return isFolder && uid === (process.getuid?.() ?? uid) && (mode & 0o022) === 0
}
