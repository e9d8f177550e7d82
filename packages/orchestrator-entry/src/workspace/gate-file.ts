import { createHash, randomUUID } from 'node:crypto'
import { lstat, mkdir, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArtifactReference } from '@mayfly/supervisor'
import { GatePathError } from './gate-path-error.ts'

/** One thing that was asked of a step's work. */
export interface GateCheck {
  readonly name: string
  readonly passed: boolean
  /** In sentences; none when it passed. */
  readonly problems: readonly string[]
}

/** Whether a step's work may be built upon, and why. */
export interface Gate {
  /** The run's id. */
  readonly run: string
  /** The step's place in its workflow, from 0. */
  readonly step: number
  /** As the workflow numbers it, such as 0.1. */
  readonly number: number
  readonly name: string
  readonly status: 'passed' | 'failed'
  readonly checks: readonly GateCheck[]
  /** What the step's work was given, where a minimum is asked for. */
  readonly score: number | null
  /** Whole milliseconds since the epoch; written in ISO 8601. */
  readonly checkedAt: number
}

/** Characters of a path, and bytes of one name in it, that any file system takes. */
const LONGEST_PATH = 1_000
const LONGEST_NAME = 200

/**
 * Writes a gate as JSON inside a folder of artifacts; folders on the way are made. It is written aside and renamed: a reader sees the
 * old file or the new one. Known secrets are for the caller to redact in what the checks say.
 * @param folder the run's folder of artifacts; it exists
 * @param path as the workflow gives it, with its placeholders filled in
 * @throws GatePathError `GATE_PATH_INVALID` when the path is absolute, leaves the folder, leads through a link, or is no file name
 */
export const writeGateFile = async (folder: string, path: string, gate: Gate): Promise<ArtifactReference> => {
  const names = namesIn(path)
  const parent = await makeFolders(await realpath(folder), names.slice(0, -1), path)
  const target = join(parent, names.at(-1) ?? '')
  await assertReplaceable(target, path)
  const text = `${JSON.stringify({ ...gate, checkedAt: new Date(gate.checkedAt).toISOString() }, null, 2)}\n`
  await writeAside(parent, target, text)
  const sha256 = createHash('sha256').update(text).digest('hex')
  return { name: names.join('/'), path: target, size: Buffer.byteLength(text), sha256 }
}

/** Whether a gate file could be written at a path, as far as the path alone tells. @throws GatePathError `GATE_PATH_INVALID` */
export const assertGatePath = (path: string): void => {
  namesIn(path)
}

const namesIn = (path: string): readonly string[] => {
  if (path.startsWith('/')) throw new GatePathError(path, 'it is absolute')
  if (path.length > LONGEST_PATH) throw new GatePathError(path, `it has more than ${LONGEST_PATH} characters`)
  const names = path.split('/').filter((name, index, all) => name !== '.' || index === all.length - 1)
  for (const name of names) assertName(name, path)
  return names
}

const assertName = (name: string, path: string): void => {
  if (name === '..') throw new GatePathError(path, 'it leads out of the folder')
  if (name === '' || name === '.') throw new GatePathError(path, 'a name in it is empty')
  if (Buffer.byteLength(name) > LONGEST_NAME) {
    throw new GatePathError(path, `a name in it has more than ${LONGEST_NAME} bytes`)
  }
  if (/[\p{Cc}\\]/u.test(name) || !name.isWellFormed()) {
    throw new GatePathError(path, 'it has a character that is for no file name')
  }
}

/** One after the other, so that none is made behind a link. */
const makeFolders = async (root: string, names: readonly string[], path: string): Promise<string> => {
  let folder = root
  for (const name of names) {
    folder = join(folder, name)
    await makeFolder(folder, path)
  }
  return folder
}

const makeFolder = async (folder: string, path: string): Promise<void> => {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const status = await lstat(folder)
    if (!status.isDirectory()) throw new GatePathError(path, `${folder} is a link or a file, not a folder`)
  }
}

const assertReplaceable = async (target: string, path: string): Promise<void> => {
  const status = await lstat(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (status === undefined || status.isFile()) return
  throw new GatePathError(path, `${target} is there and is no regular file`)
}

const writeAside = async (parent: string, target: string, text: string): Promise<void> => {
  const aside = join(parent, `.${randomUUID()}.part`)
  try {
    await writeFile(aside, text, { flag: 'wx', mode: 0o600 })
    await rename(aside, target)
  } finally {
    await rm(aside, { force: true })
  }
}
