import { z } from 'zod'

/**
 * What a worker process may reach, by Node's permission model; what is left out is denied. Defence in depth, not a sandbox:
 * `node:sqlite` opens any file, the environment it was given is readable, signals may be sent to any process of the
 * same user, and before Node 25 the network stays open.
 */
export interface Permissions {
  /** Absolute paths of files and folders, folders with all that is below them. @default only what the worker itself needs */
  readonly fsRead?: readonly string[]
  /** The same for writing. @default only the artifact folder */
  readonly fsWrite?: readonly string[]
  /** @default false */
  readonly net?: boolean
  /** A child process is not restricted by any of this. @default false */
  readonly childProcess?: boolean
}

const paths = z.array(z.string().startsWith('/', 'expected an absolute path')).optional()

export const permissionsSchema: z.ZodType<Permissions> = z.strictObject({
  fsRead: paths,
  fsWrite: paths,
  net: z.boolean().optional(),
  childProcess: z.boolean().optional(),
}) as z.ZodType<Permissions>
