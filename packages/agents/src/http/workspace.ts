import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { AgentFolderError } from '../agent-errors.ts'
import { PathRefusedError } from './http-errors.ts'

/** The folders that no tool sees or touches: what runs code at the next commit, and what Mayfly keeps of runs. */
const forbidden = ['.git', '.mayfly']

/**
 * The folder that a model's tools are bound to. Every path is checked twice: as it is written, and as what it really is once
 * all links are followed. A file is checked a third time when it is open, so that a link that is put in its place in between
 * changes nothing.
 */
export class Workspace {
  /** Absolute, all links followed. */
  readonly root: string

  private constructor(root: string) {
    this.root = root
  }

  /** @throws AgentFolderError when it is missing or not a folder. */
  static async open(folder: string): Promise<Workspace> {
    const root = await realpath(folder).catch((cause: unknown) => {
      throw new AgentFolderError(folder, 'it does not exist or cannot be entered', { cause })
    })
    if (!(await stat(root)).isDirectory()) throw new AgentFolderError(folder, 'it is not a folder')
    return new Workspace(root)
  }

  /** As tools name a path: relative, with `/`; the workspace itself is `.`. */
  nameOf(path: string): string {
    return relative(this.root, path).split(sep).join('/') || '.'
  }

  /**
   * The real path of something that exists.
   *
   * @throws PathRefusedError when it is outside, forbidden or missing.
   */
  async find(path: string): Promise<string> {
    const real = await realpath(this.#check(path, this.#toAbsolute(path))).catch((error: unknown) => {
      throw new PathRefusedError(path, isMissing(error) ? 'does not exist' : 'cannot be reached')
    })
    return this.#check(path, real)
  }

  /**
   * Opens a file for reading.
   *
   * @throws PathRefusedError when it is outside, forbidden, missing or not a file.
   */
  async openFile(path: string): Promise<FileHandle> {
    const real = await this.find(path)
    // O_NONBLOCK: opening a pipe would wait for whoever writes into it.
    const handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(() => {
      throw new PathRefusedError(path, 'cannot be opened')
    })
    try {
      if (!(await handle.stat()).isFile()) throw new PathRefusedError(path, 'is not a file')
      await this.#confirm(path, real, handle)
      return handle
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /**
   * Writes a file whole, with the folders on its way. What stood there keeps its permissions; a file that is also linked
   * from elsewhere is replaced, not changed.
   *
   * @throws PathRefusedError when it is outside, forbidden, or a folder.
   */
  async write(path: string, content: string): Promise<void> {
    const target = await this.#findTarget(path)
    const mode = await modeOf(path, target)
    const aside = join(dirname(target), `.${randomUUID()}.part`)
    try {
      await this.#writeAside(path, aside, content, mode)
      // By the same way as the file aside was made: if the folder was exchanged since, that file is not there.
      await rename(aside, target)
    } finally {
      // What went wrong is thrown already; when the folder is gone, so is the file aside.
      await rm(aside, { force: true }).catch(() => {})
    }
  }

  async #writeAside(path: string, aside: string, content: string, mode: number | null): Promise<void> {
    await using handle = await open(aside, 'wx')
    await this.#confirm(path, aside, handle)
    await handle.writeFile(content)
    if (mode !== null) await handle.chmod(mode)
  }

  /** The real place to write at: where a link leads if there is one, else in the folder, which is made if it is missing. */
  async #findTarget(path: string): Promise<string> {
    const absolute = this.#check(path, this.#toAbsolute(path))
    if (absolute === this.root) throw new PathRefusedError(path, 'is the workspace itself')
    const existing = await realpath(absolute).catch(() => null)
    if (existing !== null) return this.#check(path, existing)
    const folder = await this.#makeFolder(path, dirname(absolute))
    return this.#check(path, join(folder, basename(absolute)))
  }

  /** One folder after the other, each checked before the next: `recursive` would follow a link on the way. */
  async #makeFolder(path: string, folder: string): Promise<string> {
    const real = await realpath(folder).catch(() => null)
    if (real !== null) return await assertFolder(path, this.#check(path, real))
    const made = join(await this.#makeFolder(path, dirname(folder)), basename(folder))
    await mkdir(made).catch((error: unknown) => {
      throw new PathRefusedError(path, `has a folder on its way that cannot be made: ${String(error)}`)
    })
    return made
  }

  /** Whether what was opened is what stands inside the workspace under that name. */
  async #confirm(path: string, opened: string, handle: FileHandle): Promise<void> {
    const real = this.#check(path, await realpath(opened))
    const [one, other] = await Promise.all([handle.stat(), lstat(real)])
    if (one.ino !== other.ino || one.dev !== other.dev)
      throw new PathRefusedError(path, 'was exchanged while it was opened')
  }

  #toAbsolute(path: string): string {
    if (path.includes('\0')) throw new PathRefusedError(path, 'is not a path')
    return resolve(this.root, path)
  }

  #check(path: string, absolute: string): string {
    if (absolute !== this.root && !absolute.startsWith(withSeparator(this.root))) {
      throw new PathRefusedError(path, 'is outside the workspace')
    }
    // Without regard to case: some file systems know none.
    const parts = relative(this.root, absolute).toLowerCase().split(sep)
    const refused = forbidden.find((name) => parts.includes(name))
    if (refused !== undefined) throw new PathRefusedError(path, `is in ${refused}, which is not for tools`)
    return absolute
  }
}

function withSeparator(path: string): string {
  return path.endsWith(sep) ? path : path + sep
}

async function assertFolder(path: string, real: string): Promise<string> {
  if ((await stat(real)).isDirectory()) return real
  throw new PathRefusedError(path, 'has a file on its way where a folder should be')
}

/** Null when nothing is there: a new file is made as the process's umask says. */
async function modeOf(path: string, target: string): Promise<number | null> {
  const found = await lstat(target).catch(() => null)
  if (found?.isDirectory() === true) throw new PathRefusedError(path, 'is a folder')
  return found?.isFile() === true ? found.mode & 0o777 : null
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}
