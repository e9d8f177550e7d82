import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/** What the beginning of a file is, and how many bytes the whole file has. */
export type Head =
  | { readonly kind: 'text'; readonly text: string; readonly isWhole: boolean; readonly size: number }
  | { readonly kind: 'binary'; readonly size: number }
  | { readonly kind: 'unreadable'; readonly reason: string }

/** Whether a file is text is decided by so many bytes, however many more are read. */
const sniffedBytes = 8_192

// A link or a pipe at the place of the file is refused rather than followed or waited for.
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Reads at most so many bytes of a file's beginning (or 8 KiB, if that is more) as UTF-8. */
export async function readHead(path: string, bytes: number): Promise<Head> {
  try {
    await using file = await open(path, flags)
    return await headOf(file, Math.max(bytes, sniffedBytes))
  } catch (error) {
    return { kind: 'unreadable', reason: (error as NodeJS.ErrnoException).code ?? String(error) }
  }
}

async function headOf(file: FileHandle, limit: number): Promise<Head> {
  const status = await file.stat()
  if (!status.isFile()) return { kind: 'unreadable', reason: 'it is not a regular file' }
  const { size } = status
  const read = await readUpTo(file, Buffer.allocUnsafe(Math.min(size, limit)))
  if (isBinary(read.subarray(0, sniffedBytes))) return { kind: 'binary', size }
  // A character that the limit cut in two is left away; NUL would end the argument that a prompt may become.
  const text = new TextDecoder().decode(read, { stream: true }).replaceAll('\0', '\uFFFD')
  return { kind: 'text', text, isWhole: read.length === size, size }
}

async function readUpTo(file: FileHandle, buffer: Buffer): Promise<Buffer> {
  let filled = 0
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

function isBinary(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return true
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return false
  } catch {
    return true
  }
}
