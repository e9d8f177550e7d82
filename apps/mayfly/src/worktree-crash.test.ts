import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Execution, executeMayfly } from './fixtures/execute-mayfly.ts'

/* Real deaths between the end of a whole run and the merge of its worktree. */

let scratch: string
let cwd: string

const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.invalid', ...args], {
    cwd,
    encoding: 'utf8',
  })

const agent = `import { writeFileSync } from 'node:fs'
export default ({ cwd }) => {
  writeFileSync(cwd + '/greet.txt', 'hello\\n')
  return 'greeted'
}
`

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'mayfly-cli-worktree-'))
  cwd = join(scratch, 'tree')
  mkdirSync(cwd)
  writeFileSync(join(scratch, 'greeting.mjs'), agent)
  writeFileSync(join(scratch, 'flow.yaml'), 'name: flow\nsteps:\n  - { step: 0, name: Greet, agent: a }\n')
  git('init', '--quiet', '--initial-branch=main')
  writeFileSync(join(cwd, 'greet.txt'), 'hi\n')
  git('add', '.')
  git('commit', '--quiet', '-m', 'first')
})

afterEach(() => rmSync(scratch, { recursive: true }))

const execute = (args: readonly string[], environment: Record<string, string> = {}): Promise<Execution> =>
  executeMayfly(args, cwd, environment)

const run = (runId: string, finish: 'merge' | 'leave', environment: Record<string, string> = {}): Promise<Execution> =>
  execute(
    [
      ...['run', '--all-steps', '--prompt', 'Greet', '--run-id', runId, '--worktree', finish],
      ...['--workflow', join(scratch, 'flow.yaml'), '--agent', join(scratch, 'greeting.mjs')],
    ],
    environment,
  )

/** A git that is the real one, but kills its caller before such a command. */
const deadlyGit = (pattern: string): Record<string, string> => {
  const folder = mkdtempSync(join(scratch, 'deadly-'))
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  const script = `#!/bin/sh\ncase "$1 $2" in ${pattern}) kill -9 $PPID; exit 1 ;; esac\nexec '${real}' "$@"\n`
  writeFileSync(join(folder, 'git'), script)
  chmodSync(join(folder, 'git'), 0o755)
  return { PATH: `${folder}${delimiter}${process.env['PATH']}` }
}

interface DoctorReport {
  readonly isWell: boolean
  readonly findings: readonly { readonly code: string; readonly message: string; readonly advice: string | null }[]
}

const examine = async () => {
  const { isWell, findings }: DoctorReport = JSON.parse((await execute(['doctor', '--json'])).stdout)
  return { isWell, worktrees: findings.find(({ code }) => code === 'worktrees') }
}

const resumeAll = async () => {
  const { stdout, exitCode } = await execute(['resume', '--all', '--json'])
  return { exitCode, runs: JSON.parse(stdout).runs }
}

// Before anything is committed in the worktree; before the commit is brought into the main tree.
test.each(['add\\ *', 'merge\\ *'])(
  'what a kill before `git %s` leaves undone, doctor names and resume --all does',
  async (at) => {
    expect(await run('it', 'merge', deadlyGit(at))).toMatchObject({ signal: 'SIGKILL' })
    expect(await examine()).toMatchObject({
      isWell: false,
      worktrees: { message: expect.stringContaining('it'), advice: expect.stringContaining('mayfly resume it') },
    })
    expect(await resumeAll()).toEqual({
      exitCode: 0,
      runs: [expect.objectContaining({ runId: 'it', status: 'completed' })],
    })
    expect(readFileSync(join(cwd, 'greet.txt'), 'utf8')).toBe('hello\n')
    expect(git('branch').trim()).toBe('* main')
    expect((await examine()).worktrees).toMatchObject({ level: 'ok' })
    expect(await resumeAll()).toEqual({ exitCode: 0, runs: [] })
  },
)

test('what a kill left half removed is removed, and its work is merged once', async () => {
  expect(await run('it', 'merge', deadlyGit('worktree\\ remove'))).toMatchObject({ signal: 'SIGKILL' })
  const folder = join(cwd, '.mayfly', 'worktrees', 'it')
  // It was killed after the last file: as if one had been left.
  mkdirSync(folder)
  writeFileSync(join(folder, 'greet.txt'), 'hello\n')
  expect(await resumeAll()).toMatchObject({ exitCode: 0, runs: [{ runId: 'it' }] })
  expect(existsSync(folder)).toBe(false)
  expect(git('for-each-ref', '--format=%(refname)').trim()).toBe('refs/heads/main')
  expect(git('log', '--format=%s').trim().split('\n')).toHaveLength(2)
})

test('what was left on its branch on purpose is left there, and is nothing to be told of', async () => {
  expect(await run('it', 'leave')).toMatchObject({ exitCode: 0 })
  expect(await resumeAll()).toEqual({ exitCode: 0, runs: [] })
  expect((await examine()).worktrees).toMatchObject({ level: 'ok' })
  expect(git('branch', '--list', 'mayfly/it')).toContain('mayfly/it')
})

test('a merge that cannot be done is said, and tried again the next time', async () => {
  expect(await run('it', 'merge', deadlyGit('add\\ *'))).toMatchObject({ signal: 'SIGKILL' })
  const away = join(scratch, 'away')
  renameSync(join(cwd, '.git'), away)
  const failed = await resumeAll()
  expect(failed).toMatchObject({ exitCode: 1, runs: [{ runId: 'it', problem: expect.stringContaining('git') }] })
  renameSync(away, join(cwd, '.git'))
  expect(await resumeAll()).toMatchObject({ exitCode: 0, runs: [{ runId: 'it', problem: null }] })
  expect(readFileSync(join(cwd, 'greet.txt'), 'utf8')).toBe('hello\n')
})
