import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** A file system of its own for the store, small enough to be filled. */
export interface SmallDisk {
  readonly folder: string
  /** False where none could be mounted: then the store lies on the machine's disk, which nobody fills. */
  readonly canBeFilled: boolean
  fill(): void
  clear(): void
  release(): void
}

const SIZE_MB = 256

export const mountSmallDisk = (folder: string): SmallDisk => {
  mkdirSync(folder, { recursive: true })
  const canBeFilled = mount(folder)
  const ballast = join(folder, 'ballast')
  return {
    folder,
    canBeFilled,
    fill: () => {
      if (canBeFilled) fillWith(ballast)
    },
    clear: () => rmSync(ballast, { force: true }),
    release: () => {
      if (canBeFilled) execFileSync('umount', ['-l', folder], { stdio: 'ignore' })
    },
  }
}

const mount = (folder: string): boolean => {
  if (process.getuid?.() !== 0) return false
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** First in large pieces, then in small ones, until not even a page is left. */
const fillWith = (path: string): void => {
  const file = openSync(path, 'w')
  try {
    for (const bytes of [1024 * 1024, 4096]) writeUntilFull(file, Buffer.alloc(bytes))
  } finally {
    closeSync(file)
  }
}

const writeUntilFull = (file: number, piece: Buffer): void => {
  try {
    for (;;) writeSync(file, piece)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}
