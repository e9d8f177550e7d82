import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bin, executeMayfly, fixtureAgent } from './fixtures/execute-mayfly.ts'

let cwd: string

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'mayfly-fuzzed-cli-'))
  await mkdir(join(cwd, '.git'))
})

afterEach(() => rm(cwd, { recursive: true, force: true }))

const echo = ['--agent', fixtureAgent('echo'), '--json']

test('a prompt from a file may be longer than a command line, and hold NUL', async () => {
  const prompt = `${'fix\0it '.repeat(100_000)}end`
  await writeFile(join(cwd, 'prompt.txt'), prompt)
  const { exitCode, stdout } = await executeMayfly(['run', '--prompt-file', join(cwd, 'prompt.txt'), ...echo], cwd)
  expect(exitCode).toBe(0)
  expect(JSON.parse(stdout).step0Result.summary.startsWith('Echo: fix\0it ')).toBe(true)
})

test.each([
  ['that is not UTF-8', Buffer.from([0x66, 0xff, 0xfe]), /Expected UTF-8 text/],
  ['that is empty', Buffer.from(''), /Expected a prompt, got an empty one/],
  ['that is not there', undefined, /cannot be read/],
])('a file %s is refused in one line', async (_title, bytes, message) => {
  const file = join(cwd, 'prompt.txt')
  if (bytes !== undefined) await writeFile(file, bytes)
  const { exitCode, stdout, stderr } = await executeMayfly(['run', '--prompt-file', file, ...echo], cwd)
  expect(exitCode).toBe(2)
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'PROMPT_INVALID' } })
  expect(stderr).toMatch(message)
})

test('bytes on the command line that are not UTF-8 are read as replacement characters, as Node reads them', () => {
  const script = `exec "$0" "$1" run --prompt "$(printf 'say \\377')" --agent "$2" --json --quiet`
  const stdout = execFileSync('sh', ['-c', script, process.execPath, bin, fixtureAgent('echo')], {
    cwd,
    encoding: 'utf8',
  })
  expect(JSON.parse(stdout).step0Result.summary).toBe('Echo: say \uFFFD')
})

test.each([
  [['cancel', '../x'], 2],
  [['runs', 'watch', 'x'.repeat(1000)], 2],
  [['resume', '\u202E'], 2],
  [['resume'], 2],
  [['resume', 'x', '--all'], 2],
  [['run', '--prompt', 'x', '--attempts', 'many'], 2],
  [['run', '--prompt', 'x', '--attempts', '0'], 2],
  [['run', '--prompt', 'x', '--deadline', '-1s'], 2],
  [['run', '--prompt', 'x', '--idempotency-key', ' '], 2],
  [['run', '--prompt', 'x', '--detach', '--mode', 'legacy'], 2],
  [['serve', '--grace', 'soon'], 2],
  [['gc', '--keep', '1 year'], 2],
  [['backup', '/no/such/folder/copy.db'], 2],
] as const)('mayfly %j is refused with exit code %i, a line and no store', async (args, exitCode) => {
  const ended = await executeMayfly([...args], cwd)
  expect(ended).toMatchObject({ exitCode, signal: null })
  expect(
    ended.stderr
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('['))
      .join('\n'),
  ).not.toMatch(/^\s+at /m)
  expect(ended.stdout).toBe('')
})
