import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { AgentFolderError } from '../agent-errors.ts'
import { PathRefusedError } from './http-errors.ts'

/** The folders that no tool sees or touches: what runs code at the next commit, and what Mayfly keeps of runs. */
const forbidden = ['.git', '.mayfly']

/**
 * The folder that a model's tools are bound to. Every path is checked as it is written, and as what it really is once all links
 * are followed. Then its folder is opened, checked again by its descriptor, and everything is done by way of that: whatever
 * another process puts in its place changes nothing. (Without /proc, as on macOS, the last check is not there.)
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
    if (real === this.root) throw new PathRefusedError(path, 'is not a file')
    await using folder = await this.#enter(path, dirname(real))
    // O_NONBLOCK: opening a pipe would wait for whoever writes into it.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
    const handle = await open(join(folder.base, basename(real)), flags).catch(() => {
      throw new PathRefusedError(path, 'cannot be opened')
    })
    if ((await handle.stat()).isFile()) return handle
    await handle.close()
    throw new PathRefusedError(path, 'is not a file')
  }

  /**
   * Writes a file whole, with the folders on its way. What stood there keeps its permissions; a file that is also linked
   * from elsewhere is replaced, not changed.
   *
   * @throws PathRefusedError when it is outside, forbidden, or a folder.
   */
  async write(path: string, content: string): Promise<void> {
    const target = await this.#findTarget(path)
    await using folder = await this.#enter(path, dirname(target))
    const place = join(folder.base, basename(target))
    const aside = join(folder.base, `.${randomUUID()}.part`)
    const mode = await modeOf(path, place)
    try {
      await writeAside(aside, content, mode)
      await rename(aside, place)
    } finally {
      await rm(aside, { force: true })
    }
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
    if (real !== null) return this.#check(path, real)
    const above = await this.#makeFolder(path, dirname(folder))
    await using parent = await this.#enter(path, above)
    await mkdir(join(parent.base, basename(folder))).catch((error: unknown) => {
      throw new PathRefusedError(path, `has a folder on its way that cannot be made: ${String(error)}`)
    })
    return join(above, basename(folder))
  }

  /** Opens a folder that was checked, and checks what was opened. */
  async #enter(path: string, folder: string): Promise<EnteredFolder> {
    const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW).catch(() => {
      throw new PathRefusedError(path, 'has something on its way that is not a folder')
    })
    const byDescriptor = `/proc/self/fd/${handle.fd}`
    const close = (): Promise<void> => handle.close()
    try {
      const opened = await readlink(byDescriptor).catch(() => null)
      if (opened !== null) this.#check(path, opened)
      return { base: opened === null ? folder : byDescriptor, [Symbol.asyncDispose]: close }
    } catch (error) {
      await close()
      throw error
    }
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

/** A folder by way of which its entries are reached, until it is disposed of. */
interface EnteredFolder extends AsyncDisposable {
  readonly base: string
}

async function writeAside(aside: string, content: string, mode: number | null): Promise<void> {
  await using handle = await open(aside, 'wx')
  await handle.writeFile(content)
  if (mode !== null) await handle.chmod(mode)
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
