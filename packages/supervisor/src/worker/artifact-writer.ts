import { Buffer } from 'node:buffer'
import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArtifactReference } from '../messages/messages.ts'

export type { ArtifactReference }

/** Pieces are written as they come: the whole is never in memory. */
export type ArtifactContent = string | Uint8Array | AsyncIterable<Uint8Array>

export type ArtifactErrorCode = 'ARTIFACT_NAME_INVALID' | 'ARTIFACT_FOLDER_MISSING'

/** An artifact was refused; nothing was written. */
export class ArtifactError extends Error {
  override readonly name = 'ArtifactError'
  readonly code: ArtifactErrorCode

  constructor(code: ArtifactErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** One path component of ordinary characters: it cannot leave its folder, hide, or name a device. */
const ARTIFACT_NAME = /^[A-Za-z0-9_][A-Za-z0-9._@+-]{0,199}$/

export const isArtifactName = (name: unknown): boolean => typeof name === 'string' && ARTIFACT_NAME.test(name)

/** Loaded when an artifact is written: they take longer (10 ms and 1 ms) than all else that a worker starts with. */
const crypto = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto')
const files = (): typeof import('node:fs/promises') => process.getBuiltinModule('node:fs/promises')

/**
 * Writes under a temporary name, syncs, and renames: a reader sees the whole file or none, also after a power cut.
 * A symlink at the final name is replaced, never followed.
 */
export const writeArtifact = async (
  folder: string | null,
  name: string,
  content: ArtifactContent,
): Promise<ArtifactReference> => await writeArtifactPieces(folder, name, piecesOf(content))

const piecesOf = (content: ArtifactContent): Iterable<Uint8Array> | AsyncIterable<Uint8Array> => {
  if (typeof content === 'string') return [Buffer.from(content)]
  return content instanceof Uint8Array ? [content] : content
}

/** The same for content that is not there at once. */
export const writeArtifactPieces = async (
  folder: string | null,
  name: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<ArtifactReference> => {
  if (folder === null) {
    throw new ArtifactError(
      'ARTIFACT_FOLDER_MISSING',
      `No artifact folder was given for this task; cannot write "${name}".`,
    )
  }
  if (!isArtifactName(name)) {
    throw new ArtifactError(
      'ARTIFACT_NAME_INVALID',
      `Expected an artifact name of letters, digits and . _ @ + - (at most 200), got ${JSON.stringify(String(name).slice(0, 200))}.`,
    )
  }
  await files().mkdir(folder, { recursive: true, mode: 0o700 })
  const realFolder = await files().realpath(folder)
  const path = join(realFolder, name)
  const written = await writeWhole(path, pieces)
  await syncFolder(realFolder)
  return { name, path, ...written }
}

type Written = Pick<ArtifactReference, 'size' | 'sha256'>

const writeWhole = async (path: string, pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Written> => {
  const temporary = `${path}.${crypto().randomBytes(6).toString('hex')}.tmp`
  try {
    const file = await files().open(temporary, isRestricted() ? WRITE_THROUGH : 'wx', 0o600)
    const written = await writeAndSync(file, pieces)
    await files().rename(temporary, path)
    return written
  } catch (error) {
    await files().rm(temporary, { force: true })
    throw error
  }
}

const writeAndSync = async (
  file: FileHandle,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<Written> => {
  const hash = crypto().createHash('sha256')
  let size = 0
  try {
    for await (const piece of pieces) {
      hash.update(piece)
      size += piece.byteLength
      await file.writeFile(piece)
    }
    if (!isRestricted()) await file.sync()
    return { size, sha256: hash.digest('hex') }
  } finally {
    await file.close()
  }
}

/** Node 26 refuses `fsync` under its permission model; what is written through needs none. */
const isRestricted = (): boolean => process.permission !== undefined

const WRITE_THROUGH = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_SYNC

/** The rename itself must survive a power cut; in a restricted worker that is up to the file system. */
const syncFolder = async (folder: string): Promise<void> => {
  if (isRestricted()) return
  const handle = await files().open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
