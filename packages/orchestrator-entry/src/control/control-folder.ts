import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ControlError } from './control-error.ts'

/**
 * One folder for each user, where each host has its socket. Not in the store's folder: the path of a socket may have 104 bytes at most on
 * macOS, 108 on Linux, and a repository may lie deeper than that.
 */
export const controlFolder = (): string => join(tmpdir(), `mayfly-${ownUid()}`)

/** A function of the id that the store gives to a host, so that who reads the store finds the host. */
export const socketPath = (bootId: string): string =>
  join(controlFolder(), `${createHash('sha256').update(bootId).digest('hex').slice(0, 16)}.sock`)

/** @throws ControlError `CONTROL_FOLDER_UNSAFE`; whatever making a folder throws. */
export const makeControlFolder = (): void => {
  mkdirSync(controlFolder(), { recursive: true, mode: 0o700 })
  assertOurs()
}

/**
 * Where anybody may write, somebody else may have been there first.
 * @throws ControlError `CONTROL_FOLDER_UNSAFE`
 */
export const assertOurs = (): void => {
  const folder = controlFolder()
  const stat = lstatSync(folder, { throwIfNoEntry: false })
  if (stat === undefined) return
  if (stat.isDirectory() && stat.uid === ownUid() && (stat.mode & 0o077) === 0) return
  throw new ControlError(
    'CONTROL_FOLDER_UNSAFE',
    `Expected ${folder} to be a folder that only this user may enter (mode 0700); it is not. Remove it, or set TMPDIR.`,
  )
}

/** No uid on Windows, which the supervisor refuses. */
const ownUid = (): number => process.getuid?.() ?? 0
