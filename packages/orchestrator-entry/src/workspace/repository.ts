import { realpath } from 'node:fs/promises'
import { isAbsolute, relative } from 'node:path'
import { askGit, type GitAnswer, type GitOptions, runGit } from './git.ts'
import { GitError } from './git-error.ts'
import { findPrograms, withoutPrograms } from './repository-programs.ts'
import { WorktreeError } from './worktree-error.ts'

/** Milliseconds. Whatever writes a whole tree may take long. */
export const TREE_TIMEOUT_MS = 600_000

export interface RepositoryOptions extends Omit<GitOptions, 'configuration' | 'signal'> {
  /** @default the root of the repository's tree */
  readonly folder?: string
}

/** A git repository with a working tree; nothing that its own configuration names is run. */
export class Repository {
  /** Of the working tree; no link is on the way to it. */
  readonly root: string
  /** From the root to the folder that was asked for; '' when it is the root. */
  readonly prefix: string
  /** Programs that the repository's configuration names for filters and merges, which are not run. */
  readonly programs: readonly string[]
  readonly #options: Pick<GitOptions, 'configuration' | 'signal'>

  private constructor(root: string, prefix: string, programs: readonly string[], signal: AbortSignal | undefined) {
    this.root = root
    this.prefix = prefix
    this.programs = programs
    const configuration = withoutPrograms(programs)
    this.#options = signal === undefined ? { configuration } : { configuration, signal }
  }

  /** @throws WorktreeError `WORKTREE_UNAVAILABLE` when the folder is in no repository that can have worktrees */
  static async open(folder: string, signal?: AbortSignal): Promise<Repository> {
    const real = await realpath(folder).catch((cause: unknown) => {
      throw unavailable(folder, 'it cannot be entered', cause)
    })
    const root = await findRoot(folder, signal)
    const prefix = relative(root, real)
    if (prefix.startsWith('..') || isAbsolute(prefix)) {
      throw unavailable(folder, `its repository works in another folder, ${root} (core.worktree)`)
    }
    return new Repository(root, prefix, await findPrograms(root, signal), signal)
  }

  async ask(args: readonly string[], { folder, ...options }: RepositoryOptions = {}): Promise<GitAnswer> {
    return await askGit(folder ?? this.root, args, { ...options, ...this.#options })
  }

  async run(args: readonly string[], { folder, ...options }: RepositoryOptions = {}): Promise<string> {
    return await runGit(folder ?? this.root, args, { ...options, ...this.#options })
  }

  /** The commit that a name stands for; undefined when there is none. */
  async commitOf(name: string, folder?: string): Promise<string | undefined> {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]
    return lineOf(await this.ask(args, folder === undefined ? {} : { folder }))
  }

  /** Such as `refs/heads/main`; null when HEAD is detached. */
  async branchIn(folder: string = this.root): Promise<string | null> {
    return lineOf(await this.ask(['symbolic-ref', '--quiet', 'HEAD'], { folder })) ?? null
  }

  async isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    const args = ['merge-base', '--is-ancestor', ancestor, descendant]
    const answer = await this.ask(args)
    if (answer.exitCode > 1) throw new GitError({ args, folder: this.root, ...answer, isTimedOut: false })
    return answer.exitCode === 0
  }

  /** Whether anything differs from HEAD; what is ignored never counts. */
  async isChanged(folder: string, untracked: 'no' | 'normal'): Promise<boolean> {
    const args = ['status', '--porcelain=v1', '-z', `--untracked-files=${untracked}`, '--ignore-submodules=dirty']
    return (await this.run(args, { folder })) !== ''
  }
}

const findRoot = async (folder: string, signal: AbortSignal | undefined): Promise<string> => {
  const args = ['rev-parse', '--show-toplevel']
  try {
    return await realpath((await runGit(folder, args, signal === undefined ? {} : { signal })).slice(0, -1))
  } catch (cause) {
    if (!(cause instanceof GitError)) throw cause
    throw unavailable(folder, cause.stderr || 'git cannot be started', cause)
  }
}

export const unavailable = (folder: string, why: string, cause?: unknown): WorktreeError =>
  new WorktreeError(
    'WORKTREE_UNAVAILABLE',
    folder,
    `Expected ${folder} to be in a git repository that a worktree can be made of: ${why}. Run without a worktree, or make it one.`,
    { cause },
  )

const lineOf = ({ exitCode, stdout }: GitAnswer): string | undefined =>
  exitCode === 0 ? stdout.replace(/\n$/, '') : undefined
