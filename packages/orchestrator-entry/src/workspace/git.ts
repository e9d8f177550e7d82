import { type ExecFileException, execFile } from 'node:child_process'
import { GitError } from './git-error.ts'

export interface GitAnswer {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface GitOptions {
  /** @default none */
  readonly input?: string
  /** Milliseconds. @default 60 000 */
  readonly timeoutMs?: number
  /** Beside what is always set, and stronger than any file. @default none */
  readonly configuration?: Readonly<Record<string, string>>
  /** @default a signal that never aborts */
  readonly signal?: AbortSignal
}

const DEFAULT_TIMEOUT_MS = 60_000
/** Bytes. */
const LONGEST_OUTPUT = 256 * 1024 * 1024

/** All that git sees of the environment: nothing can point it at another repository, and its own settings are found. */
const PASSED = ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'TMPDIR', 'TZ']

/** Commits are made on any machine, also where nobody has told git who they are. */
const IDENTITY = { NAME: 'Mayfly', EMAIL: 'mayfly@localhost' }

/**
 * A repository is data: nothing that it names is run (hooks, a file monitor, signing), nothing is fetched, no one is asked, and
 * nothing goes on in the background.
 */
const CONFIGURATION = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'commit.gpgSign': 'false',
  'merge.verifySignatures': 'false',
  'merge.autoStash': 'false',
  'protocol.allow': 'never',
  'submodule.recurse': 'false',
  'gc.auto': '0',
  'maintenance.auto': 'false',
}

/** Runs git without a shell and resolves to its answer, whatever its exit code. @throws GitError when it did not end by itself */
export const askGit = (folder: string, args: readonly string[], options: GitOptions = {}): Promise<GitAnswer> =>
  new Promise((resolve, reject) => {
    const { timeoutMs: timeout = DEFAULT_TIMEOUT_MS, signal } = options
    const env = gitEnvironment(options.configuration ?? {})
    // SIGTERM: git then takes its lock files with it.
    const common = { cwd: folder, env, timeout, killSignal: 'SIGTERM', maxBuffer: LONGEST_OUTPUT } as const
    const end = (error: ExecFileException | null, stdout: string, stderr: string): void => {
      const exitCode = error === null ? 0 : error.code
      if (typeof exitCode === 'number') resolve({ exitCode, stdout, stderr: stderr.trim() })
      else if (signal?.aborted === true) reject(signal.reason)
      else reject(failureOf(error, folder, args, stderr))
    }
    const child = execFile('git', [...args], signal === undefined ? common : { ...common, signal }, end)
    // A git that ends before it has read everything says why in its exit.
    child.stdin?.on('error', () => {}).end(options.input ?? '')
  })

/** Runs git and resolves to what it printed. @throws GitError when its exit code is not 0 */
export const runGit = async (folder: string, args: readonly string[], options: GitOptions = {}): Promise<string> => {
  const { exitCode, stdout, stderr } = await askGit(folder, args, options)
  if (exitCode === 0) return stdout
  throw new GitError({ args, folder, exitCode, stderr, isTimedOut: false })
}

const failureOf = (
  error: ExecFileException | null,
  folder: string,
  args: readonly string[],
  stderr: string,
): GitError => {
  const said = stderr.trim() || (error?.message ?? '')
  return new GitError(
    { args, folder, exitCode: null, stderr: said, isTimedOut: error?.killed === true },
    { cause: error },
  )
}

const gitEnvironment = (configuration: Readonly<Record<string, string>>): NodeJS.ProcessEnv => {
  const passed = PASSED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
  const settings = Object.entries({ ...CONFIGURATION, ...configuration })
  return {
    ...Object.fromEntries(passed),
    LC_ALL: 'C.UTF-8',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_EDITOR: ':',
    GIT_AUTHOR_NAME: IDENTITY.NAME,
    GIT_AUTHOR_EMAIL: IDENTITY.EMAIL,
    GIT_COMMITTER_NAME: IDENTITY.NAME,
    GIT_COMMITTER_EMAIL: IDENTITY.EMAIL,
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  }
}
