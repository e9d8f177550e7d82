import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A place of its own where a program leaves its result; gone when it is disposed of. */
export interface ResultFile extends AsyncDisposable {
  readonly path: string
  /** What is there, but no more than one byte beyond `most`; null when there is nothing. */
  read(most: number): Promise<Buffer | null>
}

export async function openResultFile(): Promise<ResultFile> {
  const folder = await mkdtemp(join(tmpdir(), 'mayfly-result-'))
  const path = join(folder, 'result')
  return {
    path,
    read: (most) => readAtMost(path, most + 1),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

async function readAtMost(path: string, most: number): Promise<Buffer | null> {
  try {
    await using file = await open(path, 'r')
    const { size } = await file.stat()
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, most)), 0)
    return buffer.subarray(0, bytesRead)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
