import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openTemporaryFolder } from '../../fixtures/temporary-folder.ts'
import { openLocalContext } from '../../local-context.ts'
import type { HttpReference } from '../http-reference.ts'
import { Workspace } from '../workspace.ts'
import { isAllowed } from './run-command.ts'
import { type ToolAnswer, Toolbox } from './toolbox.ts'

const node = process.execPath

/** Uses one tool in a workspace with these files. */
async function use(
  tool: string,
  input: unknown,
  files: Record<string, string | Uint8Array> = {},
  parts: Partial<HttpReference> & { readonly signal?: AbortSignal } = {},
): Promise<ToolAnswer & { readonly read: (path: string) => Promise<string> }> {
  const { signal = new AbortController().signal, ...rest } = parts
  await using folder = await openTemporaryFolder({ '.keep': '', ...files })
  using context = openLocalContext({ folder: folder.path })
  const base = { kind: 'http', name: 'helper', provider: 'openai', model: 'm', permission: 'full' } as const
  const toolbox = new Toolbox({
    workspace: await Workspace.open(folder.path),
    reference: { ...base, commands: [[node, '-e', '...']], ...rest },
    context,
    signal,
    environment: {
      PATH: process.env['PATH'],
      OPENAI_API_KEY: 'sk-secret-key',
      GIVEN: 'given-value',
      OTHER: 'other-value',
    },
    secrets: [],
  })
  const answer = await toolbox.use(tool, input)
  const contents = new Map<string, string>()
  for (const name of ['written.txt'])
    contents.set(name, await readFile(join(folder.path, name), 'utf8').catch(() => ''))
  return { ...answer, read: async (path) => contents.get(path) ?? '' }
}

describe('read_file', () => {
  const lines = { 'a.txt': 'one\ntwo\nthree\nfour\n' }

  it.each([
    [{ path: 'a.txt' }, 'one\ntwo\nthree\nfour\n'],
    [{ path: 'a.txt', offset: 3 }, 'three\nfour\n'],
    [{ path: 'a.txt', offset: 2, limit: 2 }, 'two\nthree\n\n[cut: the file goes on]'],
    [{ path: 'a.txt', offset: 9 }, 'The file has no line 9.'],
  ])('reads %j', async (input, text) => {
    expect(await use('read_file', input, lines)).toMatchObject({ text, isError: false })
  })

  it('gives a bounded part of a long file, of one line too', async () => {
    const { text } = await use('read_file', { path: 'long.txt' }, { 'long.txt': 'x'.repeat(1_000_000) })
    expect(text).toBe(`${'x'.repeat(65_536)}\n[cut: the file goes on]`)
  })

  it.each([
    [{ path: 'binary' }, 'is not a text file'],
    [{ path: '../x' }, 'is outside the workspace'],
    [{ path: 'a.txt', offset: 0 }, 'not as its schema says'],
    [{ file: 'a.txt' }, 'not as its schema says'],
  ])('refuses %j', async (input, words) => {
    const { text, isError } = await use('read_file', input, { ...lines, binary: new Uint8Array([65, 0, 66]) })
    expect({ text, isError }).toEqual({ text: expect.stringContaining(words), isError: true })
  })
})

describe('list_files', () => {
  const files = {
    'b.txt': '',
    'a/c.txt': '',
    '.git/config': '',
    '.mayfly/db': '',
    '.gitignore': 'ignored\n',
    'a/ignored': '',
  }

  it('lists a folder without what is not for tools', async () => {
    expect((await use('list_files', {}, files)).text).toBe('.gitignore\n.keep\na/\nb.txt')
  })

  it('lists a tree without what is ignored', async () => {
    expect((await use('list_files', { recursive: true }, files)).text).toBe('.gitignore\n.keep\nb.txt\na/c.txt')
  })

  it('cuts a long list and says so', async () => {
    const many = Object.fromEntries(Array.from({ length: 1_005 }, (_, index) => [`f${index}`, '']))
    const listed = (await use('list_files', {}, many)).text.split('\n')
    expect([listed.length, listed.at(-1)]).toEqual([1_001, '[cut: there are more]'])
  })

  it.each(['b.txt', 'missing', '..', '.git'])('refuses %s', async (path) => {
    expect((await use('list_files', { path }, files)).isError).toBe(true)
  })
})

describe('search_files', () => {
  const files = {
    'a/one.ts': 'first\nconst Login = 1\n',
    'two.ts': 'login\n',
    '.gitignore': 'out\n',
    'out/x.ts': 'Login',
  }

  it('finds a text as it is written, with its place', async () => {
    expect((await use('search_files', { text: 'Login' }, files)).text).toBe('a/one.ts:2: const Login = 1')
    const { text } = await use('search_files', { text: 'LOGIN', ignoreCase: true }, files)
    expect(text.split('\n').sort()).toEqual(['a/one.ts:2: const Login = 1', 'two.ts:1: login'])
  })

  it('searches one file or folder', async () => {
    expect((await use('search_files', { text: 'o', path: 'two.ts' }, files)).text).toBe('two.ts:1: login')
    expect((await use('search_files', { text: 'login', path: 'a' }, files)).text).toBe('Nothing was found.')
  })

  it('takes what would be a pattern for what it is', async () => {
    const { text } = await use('search_files', { text: '(a+)+$' }, { 'a.txt': `${'a'.repeat(50_000)}!\n(a+)+$\n` })
    expect(text).toBe('a.txt:2: (a+)+$')
  })

  it('cuts many matches and says so', async () => {
    const found = (await use('search_files', { text: 'x' }, { 'a.txt': 'x\n'.repeat(500) })).text.split('\n')
    expect([found.length, found.at(-1)]).toEqual([201, '[cut: there are more]'])
  })
})

describe('write_file', () => {
  it('writes a file whole', async () => {
    const { isError, read } = await use(
      'write_file',
      { path: 'written.txt', content: 'new' },
      { 'written.txt': 'older' },
    )
    expect([isError, await read('written.txt')]).toEqual([false, 'new'])
  })

  it('tells the model what the file system says', async () => {
    const { text, isError } = await use('write_file', { path: 'x'.repeat(300), content: '' })
    expect({ text, isError }).toEqual({ text: expect.stringContaining('ENAMETOOLONG'), isError: true })
  })
})

describe('run_command', () => {
  const script = (code: string): unknown => ({ argv: [node, '-e', code] })

  it('gives exit code and output', async () => {
    const { text } = await use('run_command', script('console.log("out"); console.error("err"); process.exit(3)'))
    expect(text).toBe('ended with exit code 3\nout\n\n[stderr]\nerr')
  })

  it('gives a command only the environment it needs', async () => {
    const show = script('console.log(Object.keys(process.env).sort().join())')
    const { text } = await use('run_command', show, {}, { environment: ['GIVEN', 'OPENAI_API_KEY'] })
    expect(text).toMatch(/GIVEN/)
    expect(text).not.toMatch(/OTHER|OPENAI_API_KEY/)
  })

  it('keeps the beginning and the end of much output', async () => {
    const { text } = await use('run_command', script('console.log("begin" + "x".repeat(3e6) + "end")'))
    expect(text).toMatch(/^ended with exit code 0\nbeginx+\n\[\d+ bytes left out\]\nx+end\n$/)
    expect(text.length).toBeLessThan(66_000 + 32_768)
  })

  it('ends a command that takes too long, with all that it started', async () => {
    const code = `const child = require('child_process').spawn('sleep', ['600'], { stdio: 'inherit', detached: true })
      setInterval(() => console.log(child.pid), 50)`
    const { text } = await use('run_command', script(code), {}, { commandTimeoutMs: 1_500 })
    expect(text).toMatch(/^ended after 1500 ms\n\d+\n/)
    const [, pid = ''] = text.split('\n')
    // Gone, or dead and not yet taken note of by its new parent.
    expect(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).toBe('')
  })

  it('ends with the attempt, and throws its reason', async () => {
    const cancel = new AbortController()
    const reason = new Error('cancelled')
    await using folder = await openTemporaryFolder()
    const flag = join(folder.path, 'running')
    const running = use(
      'run_command',
      script(`require('fs').writeFileSync(${JSON.stringify(flag)}, ''); setInterval(() => {}, 1000)`),
      {},
      { signal: cancel.signal },
    )
    const { watch } = await import('node:fs/promises')
    for await (const { filename } of watch(folder.path)) if (filename === 'running') break
    cancel.abort(reason)
    await expect(running).rejects.toBe(reason)
  })

  it.each([[['id']], [[node]], [[node, '--version', '-e']], [['sh', '-c', `${node} -e 1`]]])(
    'refuses %j',
    async (argv) => {
      const { text, isError } = await use('run_command', { argv })
      expect({ text, isError }).toEqual({ text: expect.stringContaining('is not allowed'), isError: true })
    },
  )

  it('says of a program that there is not that it could not be started', async () => {
    const parts = { commands: [['no-such-program-anywhere']] }
    const { text, isError } = await use('run_command', { argv: ['no-such-program-anywhere'] }, {}, parts)
    expect({ text, isError }).toEqual({ text: expect.stringContaining('could not be started'), isError: true })
  })

  it('passes an argument on as it is: there is no shell', async () => {
    const argv = [node, '-e', 'console.log(process.argv[1])', '$(id); `id` | cat > x']
    expect((await use('run_command', { argv })).text).toContain('$(id); `id` | cat > x\n')
  })

  it.each([
    [['a', 'b', 'c'], [['a', 'b', '...']], true],
    [['a', 'b'], [['a', 'b', '...']], true],
    [['a', 'b'], [['a', 'b']], true],
    [['a', 'b', 'c'], [['a', 'b']], false],
    [['a'], [['...']], false],
    [['a'], [['a', 'b']], false],
    [['ab'], [['a']], false],
    [['a'], [[]], false],
    [['a'], [], false],
  ])('allows %j under %j: %j', (argv, commands, expected) => {
    expect(isAllowed(argv, commands)).toBe(expected)
  })
})
