import { execFile } from 'node:child_process'
import { chmod, link, mkdir, readdir, readFile, realpath, stat, symlink, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openTemporaryFolder, type TemporaryFolder } from '../fixtures/temporary-folder.ts'
import { PathRefusedError } from './http-errors.ts'
import { Workspace } from './workspace.ts'

/** A workspace with every kind of link in it, beside a folder that is none of its business. */
async function openMaze(): Promise<TemporaryFolder & { readonly inside: string }> {
  const folder = await openTemporaryFolder({
    'outside/secret.txt': 'secret',
    'workspace/a.txt': 'a',
    'workspace/deep/b.txt': 'b',
    'workspace/.git/hooks/pre-commit': 'hook',
    'workspace/.mayfly/runs.db': 'store',
    'workspace-twin/c.txt': 'secret',
  })
  const inside = join(folder.path, 'workspace')
  await symlink('../outside', join(inside, 'out'))
  await symlink('../outside/secret.txt', join(inside, 'out.txt'))
  await symlink('deep', join(inside, 'in'))
  await symlink('a.txt', join(inside, 'in.txt'))
  await symlink('../outside/missing', join(inside, 'dangling'))
  await symlink('.git', join(inside, 'git'))
  await symlink('loop', join(inside, 'loop'))
  return { ...folder, inside }
}

async function read(workspace: Workspace, path: string): Promise<string> {
  await using handle = await workspace.openFile(path)
  return await handle.readFile('utf8')
}

describe('Workspace', () => {
  it.each([
    ['a.txt', 'a'],
    ['./deep/../a.txt', 'a'],
    ['in/b.txt', 'b'],
    ['in.txt', 'a'],
  ])('reads %s', async (path, content) => {
    await using maze = await openMaze()
    expect(await read(await Workspace.open(maze.inside), path)).toBe(content)
  })

  it('takes an absolute path that is inside', async () => {
    await using maze = await openMaze()
    const workspace = await Workspace.open(maze.inside)
    expect(await read(workspace, join(workspace.root, 'deep/b.txt'))).toBe('b')
  })

  const refused = [
    '..',
    '../outside/secret.txt',
    '/etc/hostname',
    'out/secret.txt',
    'out.txt',
    'in/../../outside/secret.txt',
    '../workspace-twin/c.txt',
    '.git/hooks/pre-commit',
    '.GIT/hooks/pre-commit',
    'deep/.git/config',
    'git/hooks/pre-commit',
    '.mayfly/runs.db',
    'loop',
    'a\0.txt',
  ]

  it.each([...refused, 'dangling', 'missing', 'deep'])('does not read %j', async (path) => {
    await using maze = await openMaze()
    await expect(read(await Workspace.open(maze.inside), path)).rejects.toThrow(PathRefusedError)
  })

  it.each(
    [...refused, '.', 'deep', 'dangling/new.txt', 'out/new.txt', 'a.txt/new.txt'].filter((path) => path !== 'loop'),
  )('does not write %j', async (path) => {
    await using maze = await openMaze()
    const before = await snapshot(maze.path)
    await expect((await Workspace.open(maze.inside)).write(path, 'x')).rejects.toThrow(PathRefusedError)
    expect(await snapshot(maze.path)).toBe(before)
  })

  it('writes a new file with the folders on its way', async () => {
    await using maze = await openMaze()
    await (await Workspace.open(maze.inside)).write('new/and/newer.txt', 'x')
    expect(await maze.read('workspace/new/and/newer.txt')).toBe('x')
  })

  it('writes where a link inside leads, and keeps the link and the permissions', async () => {
    await using maze = await openMaze()
    await chmod(join(maze.inside, 'a.txt'), 0o755)
    await (await Workspace.open(maze.inside)).write('in.txt', 'new')
    expect(await maze.read('workspace/a.txt')).toBe('new')
    expect((await stat(join(maze.inside, 'a.txt'))).mode & 0o777).toBe(0o755)
    expect(await realpath(join(maze.inside, 'in.txt'))).toBe(await realpath(join(maze.inside, 'a.txt')))
  })

  it('replaces a link to nowhere and does not follow it', async () => {
    await using maze = await openMaze()
    await (await Workspace.open(maze.inside)).write('dangling', 'x')
    expect(await maze.read('workspace/dangling')).toBe('x')
    await expect(maze.read('outside/missing')).rejects.toThrow()
  })

  it('leaves a file alone that is linked from outside', async () => {
    await using maze = await openMaze()
    await link(join(maze.path, 'outside/secret.txt'), join(maze.inside, 'shared.txt'))
    await (await Workspace.open(maze.inside)).write('shared.txt', 'new')
    expect(await maze.read('outside/secret.txt')).toBe('secret')
    expect(await maze.read('workspace/shared.txt')).toBe('new')
  })

  it('does not wait for a pipe', async () => {
    await using maze = await openMaze()
    await promisify(execFile)('mkfifo', [join(maze.inside, 'pipe')])
    await expect(read(await Workspace.open(maze.inside), 'pipe')).rejects.toThrow('is not a file')
  })

  it('refuses a folder that is missing, or a file', async () => {
    await using maze = await openMaze()
    await expect(Workspace.open(join(maze.path, 'nowhere'))).rejects.toMatchObject({ code: 'AGENT_FOLDER_UNUSABLE' })
    await expect(Workspace.open(join(maze.inside, 'a.txt'))).rejects.toMatchObject({ code: 'AGENT_FOLDER_UNUSABLE' })
  })

  const step = fc.constantFrom(
    '..',
    '.',
    '',
    'deep',
    'in',
    'out',
    'git',
    '.git',
    '.Mayfly',
    'dangling',
    'loop',
    'new',
    'a.txt',
    'x',
  )
  const anyPath = fc.oneof(
    fc.array(step, { minLength: 1, maxLength: 6 }).map((steps) => steps.join('/')),
    fc.array(step, { maxLength: 5 }).map((steps) => `/${['..', ...steps].join('/')}`),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
  )

  it('never reads or changes anything outside, nor what is forbidden, whatever the path', async () => {
    await using maze = await openMaze()
    const workspace = await Workspace.open(maze.inside)
    const guarded = ['outside', 'workspace-twin', 'workspace/.git', 'workspace/.mayfly']
    const before = await Promise.all(guarded.map((name) => snapshot(join(maze.path, name))))
    await fc.assert(
      fc.asyncProperty(anyPath, async (path) => {
        await workspace.write(path, 'written').catch(ignoreRefusal)
        const content = await read(workspace, path).catch(ignoreRefusal)
        expect(['secret', 'hook', 'store']).not.toContain(content)
        expect(await Promise.all(guarded.map((name) => snapshot(join(maze.path, name))))).toEqual(before)
      }),
      { numRuns: 300 },
    )
    expect((await readdir(maze.path)).sort()).toEqual(['outside', 'workspace', 'workspace-twin'])
  })

  it('stays inside while a folder on the way is exchanged for a link, over and over', async () => {
    await using maze = await openMaze()
    const workspace = await Workspace.open(maze.inside)
    await mkdir(join(maze.inside, 'swap'))
    await writeFile(join(maze.inside, 'swap/secret.txt'), 'mine')
    await using swapping = startSwapping(maze.inside)
    await swapping.begun
    for (let round = 0; round < 300; round += 1) {
      const content = await read(workspace, 'swap/secret.txt').catch(ignoreRefusal)
      expect(content).not.toBe('secret')
      await workspace.write('swap/secret.txt', 'mine').catch(ignoreFailure)
    }
    expect(await snapshot(join(maze.path, 'outside'))).toBe('secret.txt secret')
  })
})

/** Another process that turns `swap` into a link to the outside and back, as fast as it can. */
function startSwapping(inside: string): AsyncDisposable & { readonly begun: Promise<unknown> } {
  const code = `
    const { renameSync, symlinkSync } = require('node:fs')
    symlinkSync('../outside', 'swap-link')
    process.stdout.write('begun')
    for (;;) { renameSync('swap', 'swap-folder'); renameSync('swap-link', 'swap'); renameSync('swap', 'swap-link'); renameSync('swap-folder', 'swap') }`
  const child = execFile(process.execPath, ['-e', code], { cwd: inside })
  const closed = new Promise((resolve) => child.once('close', resolve))
  return {
    begun: new Promise((resolve) => child.stdout?.once('data', resolve)),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await closed
    },
  }
}

function ignoreRefusal(error: unknown): null {
  const isExpected = error instanceof PathRefusedError || (error as NodeJS.ErrnoException).syscall !== undefined
  if (!isExpected) throw error
  return null
}

/** The file aside may be gone with the folder that was exchanged. */
function ignoreFailure(error: unknown): void {
  ignoreRefusal(error)
}

/** Names of everything below and contents of files; links are not followed. */
async function snapshot(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const lines = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name)
    return `${relative(folder, path)} ${entry.isFile() ? await readFile(path, 'utf8') : ''}`
  })
  return (await Promise.all(lines)).sort().join('\n')
}
