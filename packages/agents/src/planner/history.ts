import type { AgentContext } from '../agent.ts'
import type { PlannerLimits } from './limits.ts'
import type { PathTable } from './path-table.ts'

/** A commit, as far as it touched files that still exist. */
export interface Commit {
  readonly subject: string
  /** Indexes of the inventory. */
  readonly files: readonly number[]
  /** How many files it touched, also those that are gone. */
  readonly touched: number
}

/** What git knows about the folder. */
export type History =
  | { readonly kind: 'known'; readonly commits: readonly Commit[]; readonly complete: boolean }
  | { readonly kind: 'unknown'; readonly reason: string }

/** A commit of more files (a move, a reformatting) says nothing about any of them. */
export const bulkCommit = 50

// The repository is data: nothing that its configuration names may run (a pager, a signature check, a file monitor, a fetch of
// missing objects), and nothing may be written to it.
const settings = ['core.fsmonitor=false', 'log.showSignature=false', 'core.hooksPath=/dev/null', 'protocol.allow=never']
const environment = {
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_PAGER: '',
  LC_ALL: 'C.UTF-8',
}
/** Set by git around hooks: they would point our git at another repository than the one in `cwd`. */
const misleading = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_PREFIX',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
]

/** Reads the newest commits that touched the folder. Without git, without a repository, or on any failure: unknown, and why. */
export async function readHistory(
  root: string,
  table: PathTable,
  limits: Pick<PlannerLimits, 'commits' | 'historyBytes' | 'historyMs'>,
  context: AgentContext,
): Promise<History> {
  context.signal.throwIfAborted()
  try {
    const history = await runLog(root, table, limits, context)
    context.signal.throwIfAborted()
    return history
  } catch (error) {
    context.signal.throwIfAborted()
    return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) }
  }
}

function logArguments(commits: number): readonly string[] {
  const configured = settings.flatMap((setting) => ['-c', setting])
  const format = ['-z', '--name-only', '--no-renames', '--no-merges', '--relative', '--format=%x01%s']
  return ['--no-pager', ...configured, 'log', `--max-count=${commits}`, ...format, '--', '.']
}

function runLog(
  root: string,
  table: PathTable,
  limits: Pick<PlannerLimits, 'commits' | 'historyBytes' | 'historyMs'>,
  context: AgentContext,
): Promise<History> {
  const env = { ...process.env, ...environment }
  for (const name of misleading) delete env[name as keyof typeof env]
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']
  const child = context.spawn('git', logArguments(limits.commits), { cwd: root, env, stdio })
  const parser = new LogParser(table)
  let bytes = 0
  let stopped = false
  let complaint = ''
  const stop = (): void => {
    stopped = true
    child.kill('SIGKILL')
  }
  const timer = setTimeout(stop, limits.historyMs)
  context.signal.addEventListener('abort', stop, { once: true })
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    bytes += text.length
    parser.add(text)
    context.heartbeat()
    if (bytes > limits.historyBytes) stop()
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = `${complaint}${text}`.slice(0, 500)
  })
  return new Promise<History>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => {
      const reason = complaint.trim().split('\n')[0] || `git ended with ${exitCode}`
      const known = exitCode === 0 || (stopped && !context.signal.aborted)
      resolve(known ? { kind: 'known', commits: parser.end(), complete: !stopped } : { kind: 'unknown', reason })
    })
  }).finally(() => {
    clearTimeout(timer)
    context.signal.removeEventListener('abort', stop)
  })
}

/** Reads what `git log -z` prints: a subject marked by `\x01`, then the names of its files, all ended by NUL. */
class LogParser {
  readonly #table: PathTable
  readonly #commits: { readonly subject: string; readonly files: number[]; touched: number }[] = []
  #rest = ''

  constructor(table: PathTable) {
    this.#table = table
  }

  add(text: string): void {
    const fields = `${this.#rest}${text}`.split('\0')
    this.#rest = fields.pop() ?? ''
    for (const field of fields) this.#addField(field)
  }

  end(): readonly Commit[] {
    this.#addField(this.#rest)
    this.#rest = ''
    return this.#commits
  }

  #addField(given: string): void {
    const field = given.startsWith('\n') ? given.slice(1) : given
    const current = this.#commits.at(-1)
    if (field.startsWith('\u0001')) this.#commits.push({ subject: field.slice(1), files: [], touched: 0 })
    else if (field !== '' && current !== undefined) this.#addFile(current, field)
  }

  #addFile(commit: { readonly files: number[]; touched: number }, path: string): void {
    commit.touched += 1
    const file = this.#table.at(path)
    if (file !== undefined && commit.touched <= bulkCommit) commit.files.push(file)
  }
}
