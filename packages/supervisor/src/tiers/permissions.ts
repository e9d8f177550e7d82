import { z } from 'zod'

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
