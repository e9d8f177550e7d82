import { existsSync } from 'node:fs'
import { chmod, link, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { ProfileError } from './profile-error.ts'

/**
 * A file that is there whole or not at all, for its owner only. It is written in a private folder beside its place, and put
 * there by a link, which, other than a rename, never takes the place of another file.
 */
export class ProfileFile {
  readonly path: string
  /** Where to write: in a folder that nobody else may enter. */
  readonly draft: string
  readonly #folder: string

  /** @throws ProfileError `PROFILE_FILE_EXISTS`, `PROFILE_FILE_UNWRITABLE` */
  static async create(file: string): Promise<ProfileFile> {
    const path = resolve(file)
    if (existsSync(path)) throw fileExists(path)
    try {
      return new ProfileFile(path, await mkdtemp(join(dirname(path), '.mayfly-profile-')))
    } catch (cause) {
      throw unwritable(path, cause)
    }
  }

  private constructor(path: string, folder: string) {
    this.path = path
    this.#folder = folder
    this.draft = join(folder, 'draft')
  }

  async write(text: string): Promise<void> {
    try {
      await writeFile(this.draft, text, { flag: 'wx', mode: 0o600 })
    } catch (cause) {
      throw unwritable(this.path, cause)
    }
  }

  /** Puts what was written in its place; resolves to its size in bytes. */
  async commit(): Promise<number> {
    try {
      await chmod(this.draft, 0o600)
      await link(this.draft, this.path)
      return (await stat(this.path)).size
    } catch (cause) {
      throw (cause as NodeJS.ErrnoException).code === 'EEXIST' ? fileExists(this.path) : unwritable(this.path, cause)
    }
  }

  /** Clears the draft away; what was committed stays. */
  async dispose(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}

const fileExists = (path: string): ProfileError =>
  new ProfileError('PROFILE_FILE_EXISTS', `${path} is there already and is not overwritten; name another file.`)

const unwritable = (path: string, cause: unknown): ProfileError =>
  new ProfileError('PROFILE_FILE_UNWRITABLE', `${path} cannot be written: ${(cause as Error).message}`, { cause })
