import { z } from 'zod'

/**
 * What a worker process may reach, by Node's permission model; what is left out is denied. Defence in depth, not a sandbox:
 * links are followed wherever they lead, `node:sqlite` opens any file, the environment it was given is readable, signals may be
 * sent to any process of the same user, and before Node 25 the network stays open.
 */
export interface Permissions {
  /**
   * Absolute paths of files and folders that exist, a folder with all that is below it; a `*` at the end stands for all paths that begin
   * so, whether they exist or not. The handler's own file and the worker's code are always readable; what the handler imports is not. What is
   * imported through a symbolic link has to be named where it really is. A folder beside another path whose name begins with its own (`/app` and
   * `/app-data`) is not readable itself, only what is in it. A link that lies in a folder that was named is followed, out of it
   * too (tried on Node 26.10); a restricted worker cannot make one.
   */
  readonly fsRead?: readonly string[]
  /** The same for writing; the artifact folder always is. */
  readonly fsWrite?: readonly string[]
  /** @default false */
  readonly net?: boolean
  /** A child process is not restricted by any of this. @default false */
  readonly childProcess?: boolean
}

/** Whatever follows a `*` Node drops: `/a*b` would open `/any`. */
const path = z
  .string()
  .startsWith('/', 'expected an absolute path')
  .regex(/^[^*]*\*?$/, 'expected a "*" at the end only: Node takes it for all that begin so')

const paths = z.array(path).readonly().exactOptional()

export const permissionsSchema: z.ZodType<Permissions> = z.strictObject({
  fsRead: paths,
  fsWrite: paths,
  net: z.boolean().exactOptional(),
  childProcess: z.boolean().exactOptional(),
})
