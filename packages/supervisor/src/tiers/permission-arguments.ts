import { realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { WorkerStart } from './transport.ts'

/** False before Node 25: the permission model leaves the network open there. */
export const canRestrictNetwork: boolean = process.allowedNodeEnvironmentFlags.has('--allow-net')

/** The options of Node that stand for them; none when the worker is not restricted. */
export const permissionArguments = (bootstrap: string, start: WorkerStart): string[] => {
  const { permissions, artifactFolder } = start
  if (permissions === undefined) return []
  const artifacts = artifactFolder === null ? [] : [artifactFolder]
  // Node 24.0 does not even let the entry be read unless it is named.
  const readable = [dirname(dirname(bootstrap)), handlerFile(start), ...artifacts, ...(permissions.fsRead ?? [])]
  const writable = [...artifacts, ...(permissions.fsWrite ?? [])]
  return [
    '--permission',
    ...outermost(readable).map((path) => `--allow-fs-read=${path}`),
    ...outermost(writable).map((path) => `--allow-fs-write=${path}`),
    ...(permissions.net === true && canRestrictNetwork ? ['--allow-net'] : []),
    ...(permissions.childProcess === true ? ['--allow-child-process'] : []),
  ]
}

/** What lies below another is left out: a folder that is named after it Node takes for unnamed, but for its content (26.10). */
const outermost = (paths: readonly string[]): readonly string[] => {
  const plain = [...new Set(paths.map((path) => resolve(path)))]
  return plain.filter((path) => !plain.some((other) => path.startsWith(`${other}/`)))
}

/** Behind its links, which a restricted worker may not read. A missing file is the import's to complain about. */
export const handlerFile = ({ handler }: WorkerStart): string => {
  const path = fileURLToPath(handler.url)
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
