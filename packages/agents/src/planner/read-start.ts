import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'

/** The beginning of a file. */
export interface FileStart {
  /** A view of the given buffer: valid until the buffer is used again. */
  readonly bytes: Buffer
  /** Size of the whole file. */
  readonly size: number
}

// A link or a pipe that took the file's place since the walk is refused rather than followed or waited for.
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Reads as much of a file's beginning as the buffer holds; undefined when it cannot be read. */
export async function readStart(root: string, path: string, buffer: Buffer): Promise<FileStart | undefined> {
  try {
    const file = await open(join(root, path), flags)
    return await readOpened(file, buffer).finally(() => file.close())
  } catch {
    return undefined
  }
}

async function readOpened(file: FileHandle, buffer: Buffer): Promise<FileStart> {
  const { bytesRead } = await file.read(buffer, 0, buffer.length, 0)
  // A file that fits needs no second call to know its size.
  const size = bytesRead < buffer.length ? bytesRead : (await file.stat()).size
  return { bytes: buffer.subarray(0, bytesRead), size }
}

/** Decodes text: UTF-8, or UTF-16 where a byte order mark says so. Bytes that are neither become replacement characters. */
export function decodeText(bytes: Buffer): string {
  if (hasUtf16Mark(bytes)) return bytes.toString('utf16le', 2)
  return bytes.toString('utf8')
}

export function hasUtf16Mark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xfe
}
