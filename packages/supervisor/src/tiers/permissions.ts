import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { WorkerStart } from './transport.ts'

/**
 * What a worker process may reach, by Node's permission model; what is left out is denied. Defence in depth, not a sandbox:
 * `node:sqlite` opens any file, the environment it was given is readable, signals may be sent to any process of the
 * same user, and before Node 25 the network stays open.
 */
export interface Permissions {
  /**
   * Absolute paths of files and folders that exist, a folder with all that is below it. The handler's own file and the worker's code are always
   * readable; what the handler imports is not. Through a symbolic link both ends have to be named.
   */
  readonly fsRead?: readonly string[]
  /** The same for writing; the artifact folder always is. */
  readonly fsWrite?: readonly string[]
  /** @default false */
  readonly net?: boolean
  /** A child process is not restricted by any of this. @default false */
  readonly childProcess?: boolean
}

const paths = z.array(z.string().startsWith('/', 'expected an absolute path')).readonly().exactOptional()

export const permissionsSchema: z.ZodType<Permissions> = z.strictObject({
  fsRead: paths,
  fsWrite: paths,
  net: z.boolean().exactOptional(),
  childProcess: z.boolean().exactOptional(),
})

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
    ...readable.map((path) => `--allow-fs-read=${path}`),
    ...writable.map((path) => `--allow-fs-write=${path}`),
    ...(permissions.net === true && canRestrictNetwork ? ['--allow-net'] : []),
    ...(permissions.childProcess === true ? ['--allow-child-process'] : []),
  ]
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
