import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type ModelServer, type ModelServerOptions, startModelServer } from '@mayfly/model-server'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bin, type Execution, executeMayfly } from './fixtures/execute-mayfly.ts'

/* The examples of docs/own-agents.md, called in a shell as they are printed there. */

const root = fileURLToPath(new URL('../../..', import.meta.url))
const page = readFileSync(join(root, 'docs', 'own-agents.md'), 'utf8')
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, block = '']) => block)

let base: string
let cwd: string
let programs: string

const git = (...args: string[]): string => {
  const person = ['-c', 'user.name=A Person', '-c', 'user.email=person@example.org']
  return execFileSync('git', [...person, ...args], { cwd, encoding: 'utf8' })
}

/** The command line on the page that has these words in it. */
const asPrinted = (words: string): string => {
  const lines = blocks('sh').flatMap((block) => block.split('\n').filter((line) => line.includes(words)))
  expect(lines).toHaveLength(1)
  return lines[0] as string
}

const inShell = async (line: string, environment: Record<string, string> = {}): Promise<Execution> => {
  const { USE_WORKERS: _flag, NODE_OPTIONS: _options, ...inherited } = process.env
  const path = [programs, dirname(process.execPath), inherited['PATH']].join(delimiter)
  const child = spawn('sh', ['-c', line], {
    cwd,
    env: { ...inherited, ...environment, PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { exitCode: child.exitCode, signal: child.signalCode, stdout, stderr }
}

const artifact = async (name: string): Promise<string> => {
  const { stdout } = await executeMayfly(['runs', '--json'], cwd)
  const { runId } = JSON.parse(stdout).runs[0]
  const shown = JSON.parse((await executeMayfly(['runs', 'show', runId, '--json'], cwd)).stdout)
  const found = shown.artifacts.findLast((candidate: { name: string }) => candidate.name === name)
  return readFileSync(found.path, 'utf8')
}

/** A program that is found before the real one, and may act in its place. */
const replace = (program: string, script: string): void =>
  writeFileSync(join(programs, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 })

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'mayfly-own-agents-'))
  cwd = join(base, 'project')
  programs = join(base, 'programs')
  mkdirSync(cwd)
  mkdirSync(programs)
  symlinkSync(bin, join(programs, 'mayfly'))
  git('init', '-q')
  for (const [file, content] of Object.entries({ 'README.md': 'A greeting.\n', 'src/greet.js': 'hello\n' })) {
    mkdirSync(dirname(join(cwd, file)), { recursive: true })
    writeFileSync(join(cwd, file), content)
    git('add', '.')
    git('commit', '-qm', `Add ${file}`)
  }
  cpSync(join(root, 'examples'), join(cwd, 'examples'), { recursive: true })
})

afterEach(() => rmSync(base, { recursive: true }))

test('the shortest module works as it is printed', async () => {
  writeFileSync(join(cwd, 'greet.mjs'), blocks('js')[0] as string)
  const { exitCode, stdout } = await executeMayfly(['run', '--agent', './greet.mjs', '--prompt', 'Hello'], cwd)
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('Wrote greeting.md') })
  expect(await artifact('greeting.md')).toBe('# Hello\n')
})

test('every description on the page stands in examples/agents.yaml', () => {
  const file = readFileSync(join(root, 'examples', 'agents.yaml'), 'utf8')
  for (const block of blocks('yaml')) expect(file).toContain(block.slice('agents:\n'.length))
})

test('mayfly agents lists those that are described', async () => {
  const { stdout } = await executeMayfly(['agents', '--agents-file', 'examples/agents.yaml', '--json'], cwd)
  const listed = (JSON.parse(stdout).agents as { name: string; kind: string; isAvailable: boolean; isPaid: boolean }[])
    .filter(({ name }) => ['model-loop', 'tests', 'tiny'].includes(name))
    .map(({ name, kind, isAvailable, isPaid }) => [name, kind, isAvailable, isPaid])
  expect(listed).toEqual([
    ['model-loop', 'module', true, true],
    ['tests', 'command', true, false],
    ['tiny', 'client', true, false],
  ])
})

describe('summarise-changes', () => {
  const line = asPrinted('summarise-changes')

  test('sums up what the commits changed', async () => {
    const { exitCode, stdout } = await inShell(line)
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: expect.stringContaining('2 commits changed files in 2 folders'),
    })
    expect(await artifact('changes.md')).toMatch(/^# What has changed\n[\s\S]*\| src \| 1 \| 1 \| 0 \|/)
  })

  test('goes on where the attempt before it was killed', async () => {
    // Its worker is killed at the second commit, once; every commit that is asked about is noted.
    const asked = join(base, 'asked')
    const gitPath = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
    replace(
      'git',
      `if [ "$1" = show ]; then
        echo "$5" >> ${asked}
        if [ "$(wc -l < ${asked})" -eq 2 ]; then kill -9 $PPID; exit 1; fi
      fi
      exec ${gitPath} "$@"`,
    )
    const { exitCode, stderr } = await inShell(`${line} --isolation process`)
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringContaining('Goes on after 1 of 2 commits'),
    })
    const [newest, oldest] = git('log', '--format=%H').trim().split('\n')
    expect(readFileSync(asked, 'utf8').trim().split('\n')).toEqual([newest, oldest, oldest])
    expect(await artifact('changes.md')).toContain('| src | 1 | 1 | 0 |')
  })

  test('is not tried again where there is no repository', async () => {
    rmSync(join(cwd, '.git'), { recursive: true })
    const { exitCode, stderr } = await inShell(line, { GIT_CEILING_DIRECTORIES: base })
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('not tried again') })
  })
})

describe('model-loop', () => {
  const line = asPrinted('--agent model-loop')

  const withServer = async (
    options: ModelServerOptions,
    use: (environment: Record<string, string>, server: ModelServer) => Promise<void>,
  ): Promise<void> => {
    await using server = await startModelServer(options)
    const key = 'sk-a-key-of-nobody'
    await use({ OPENAI_API_KEY: key, OPENAI_BASE_URL: `${server.url}/v1`, OPENAI_MODEL: 'example' }, server)
  }

  const reading = (path: string) => ({
    turns: [[{ call: 'list_files', input: { path: '.' } }], [{ call: 'read_file', input: { path } }]],
    text: 'It greets.\nThat is all.',
  })

  test('lets the model look at files, and reports what it used', async () => {
    await withServer({ scripts: { example: reading('README.md') } }, async (environment, server) => {
      const { exitCode, stdout, stderr } = await inShell(`${line} --json`, environment)
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining('read_file') })
      const { inputTokens, outputTokens } = server.ledger().served
      const { runId } = JSON.parse(stdout)
      const shown = JSON.parse((await executeMayfly(['runs', 'show', runId, '--json'], cwd)).stdout)
      expect(shown.sessions).toMatchObject([
        { isolation: 'process', model: 'example', inputTokens, outputTokens, toolCalls: 2, costUsd: null },
      ])
      expect(await artifact('answer.md')).toBe('It greets.\nThat is all.')
      expect(JSON.stringify(server.exchanges().at(-1))).toContain('A greeting.')
      expect(JSON.stringify(shown) + stderr).not.toContain(environment['OPENAI_API_KEY'])
    })
  })

  test('tells the model that a link leads out of the folder', async () => {
    writeFileSync(join(base, 'secret'), 'a secret of nobody')
    symlinkSync(join(base, 'secret'), join(cwd, 'link'))
    await withServer({ scripts: { example: reading('link') } }, async (environment, server) => {
      expect(await inShell(line, environment)).toMatchObject({ exitCode: 0 })
      const last = JSON.stringify(server.exchanges().at(-1))
      expect(last).toContain('Refused: ')
      expect(last).not.toContain('a secret of nobody')
    })
  })

  test.each([
    ['500x1', 0, /attempt 2 of 2 follows/],
    ['cutx1', 0, /attempt 2 of 2 follows/],
    ['401', 1, /not tried again: the same would happen again/],
  ])('is tried again after %s only when that may help', async (example, exitCode, log) => {
    await withServer({ scripts: { example } }, async (environment) => {
      const execution = await inShell(`${line} --attempts 2 --backoff 1`, environment)
      expect(execution).toMatchObject({ exitCode, stderr: expect.stringMatching(log) })
    })
  })

  test('ends with its signal while the model is silent', async () => {
    await withServer({ scripts: { example: 'hangmid' } }, async (environment) => {
      const { exitCode, stderr } = await inShell(`${line} --timeout 2s`, environment)
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(/timed_out/) })
    })
  })
})

describe('tests', () => {
  const line = asPrinted('--agent tests')

  test.each([
    ['pass', '1 === 1', 0],
    ['fail', '1 === 2', 1],
  ])('%s as the tests of the project do', async (_title, condition, exitCode) => {
    const module = `import assert from 'node:assert'\nimport { test } from 'node:test'\ntest('sums', () => assert(${condition}))\n`
    writeFileSync(join(cwd, 'sum.test.mjs'), module)
    const execution = await inShell(line)
    expect(execution).toMatchObject({ exitCode })
    expect(await artifact('output.txt')).toContain('sums')
  })
})

describe('tiny', () => {
  test('gives its answer, its session and its tokens', async () => {
    const { exitCode, stdout } = await inShell(`${asPrinted('--agent tiny')} --json`)
    expect(exitCode).toBe(0)
    const { runId } = JSON.parse(stdout)
    const shown = JSON.parse((await executeMayfly(['runs', 'show', runId, '--json'], cwd)).stdout)
    expect(shown.sessions).toMatchObject([
      { agentSession: 'session-1', model: 'tiny-1', inputTokens: 12, outputTokens: 5, toolCalls: 1, costUsd: null },
    ])
    expect(await artifact('answer.md')).toBe('You said: Say it again')
  })

  test('is refused what its description does not have', async () => {
    const { exitCode, stderr } = await inShell(`${asPrinted('--agent tiny')} --permission full`)
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('not for "full"') })
  })
})
