import { execFileSync } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AgentFolderError } from '../agent-errors.ts'
import { planIn } from '../fixtures/plan-in.ts'
import { openTemporaryFolder } from '../fixtures/temporary-folder.ts'
import { openLocalContext } from '../local-context.ts'
import { type Inventory, takeInventory } from './inventory.ts'
import { createPulse } from './pulse.ts'

async function inventoryOf(cwd: string, files = 100_000): Promise<Inventory> {
  using context = openLocalContext({ folder: cwd })
  return await takeInventory(cwd, { files }, context, createPulse(context))
}

async function pathsIn(cwd: string): Promise<readonly string[]> {
  return (await inventoryOf(cwd)).paths.toSorted()
}

describe('takeInventory', () => {
  it('follows ignore files at every level, a deeper one beating a higher one', async () => {
    await using folder = await openTemporaryFolder({
      '.gitignore': '*.log\n/out\n!keep.log\nsecret/\n',
      'a.log': '',
      'keep.log': '',
      'out/x.ts': '',
      'inner/out/y.ts': '',
      'inner/.gitignore': '!b.log\nkeep.log\n/only-here.ts\n',
      'inner/b.log': '',
      'inner/keep.log': '',
      'inner/only-here.ts': '',
      'inner/deep/only-here.ts': '',
      'inner/secret/z.ts': '',
      'README.md': '',
    })
    const expected = ['.gitignore', 'README.md', 'inner/.gitignore', 'inner/b.log', 'inner/deep/only-here.ts']
    expect(await pathsIn(folder.path)).toEqual([...expected, 'inner/out/y.ts', 'keep.log'])
  })

  it('enters a folder that a deeper rule took back', async () => {
    await using folder = await openTemporaryFolder({
      '.gitignore': '/packages/*/out\n',
      'packages/a/.gitignore': '!out\n',
      'packages/a/out/x.ts': '',
      'packages/b/out/y.ts': '',
    })
    expect(await pathsIn(folder.path)).toEqual(['.gitignore', 'packages/a/.gitignore', 'packages/a/out/x.ts'])
  })

  it('finds what git itself lists, for any rules', async () => {
    const name = fc.constantFrom('a', 'b', 'c.ts', 'd.log', 'e f')
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'))
    const rule = fc.constantFrom(
      'a',
      '/a',
      'a/',
      '*.log',
      '!d.log',
      'b/**',
      '**/c.ts',
      '!b',
      '/*',
      '!/a',
      'e f',
      '#a',
      '\\#a',
      'A',
    )
    const rules = fc.array(rule, { maxLength: 4 }).map((lines) => `${lines.join('\n')}\n`)
    const shape = fc.record({ paths: fc.array(path, { minLength: 1, maxLength: 8 }), top: rules, inner: rules })
    await fc.assert(
      fc.asyncProperty(shape, async ({ paths, top, inner }) => {
        await using folder = await openTemporaryFolder()
        await folder.git('init', '--quiet')
        for (const each of paths) await folder.write({ [each]: 'text' }).catch(() => undefined)
        await folder.write({ '.gitignore': top })
        await folder.write({ 'a/.gitignore': inner }).catch(() => undefined)
        const listed = await folder.git('ls-files', '-z', '--others', '--exclude-standard')
        expect(await pathsIn(folder.path)).toEqual(listed.split('\0').filter(Boolean).toSorted())
      }),
      { numRuns: 60 },
    )
  })

  it('applies .git/info/exclude and the rules above the folder it is asked for', async () => {
    await using folder = await openTemporaryFolder({
      '.gitignore': '*.tmp\n/app/generated.ts\n',
      'app/main.ts': '',
      'app/x.tmp': '',
      'app/generated.ts': '',
      'app/private.ts': '',
    })
    await folder.git('init', '--quiet')
    await folder.write({ '.git/info/exclude': 'private.ts\n' })
    expect(await pathsIn(join(folder.path, 'app'))).toEqual(['main.ts'])
  })

  it('finds the exclude file of a worktree, where .git is a file', async () => {
    await using folder = await openTemporaryFolder({ 'main/a.ts': '', 'main/private.ts': '' })
    const main = ['-C', join(folder.path, 'main')]
    await folder.git(...main, 'init', '--quiet')
    await folder.git(...main, 'add', '--all')
    await folder.git(...main, 'commit', '--quiet', '--message', 'Begin')
    await folder.git(...main, 'worktree', 'add', '--quiet', join(folder.path, 'other'))
    await folder.write({ 'main/.git/info/exclude': 'private.ts\n' })
    expect(await pathsIn(join(folder.path, 'other'))).toEqual(['a.ts'])
  })

  it('looks into a folder that it was asked for even where a higher rule ignores it', async () => {
    await using folder = await openTemporaryFolder({ '.gitignore': 'scratch/\n', 'scratch/a.ts': '' })
    await folder.git('init', '--quiet')
    expect(await pathsIn(join(folder.path, 'scratch'))).toEqual(['a.ts'])
  })

  it('never looks into .git, node_modules and .mayfly', async () => {
    await using folder = await openTemporaryFolder({
      '.git/config': '',
      'node_modules/x/index.js': '',
      '.mayfly/store.json': '',
      'inner/.mayfly/x.json': '',
      'inner/node_modules/y/index.js': '',
      'a.ts': '',
    })
    const { paths, skipped } = await inventoryOf(folder.path)
    expect(paths).toEqual(['a.ts'])
    expect(skipped.toRecord()).toEqual({
      dependencies: { count: 2, examples: ['inner/node_modules/', 'node_modules/'] },
    })
  })

  it('follows no link: not out of the folder, not in a circle, not to what is met anyway', async () => {
    await using outside = await openTemporaryFolder({ 'secret.ts': '' })
    await using folder = await openTemporaryFolder({ 'a/b.ts': '' })
    await symlink(outside.path, join(folder.path, 'out'))
    await symlink(join(outside.path, 'secret.ts'), join(folder.path, 'secret.ts'))
    await symlink('..', join(folder.path, 'a/circle'))
    await symlink('nowhere', join(folder.path, 'broken'))
    const { paths, skipped } = await inventoryOf(folder.path)
    expect(paths).toEqual(['a/b.ts'])
    expect(skipped.toRecord()).toEqual({ link: { count: 4, examples: ['a/circle', 'broken', 'out'] } })
  })

  it('skips by name what nobody writes by hand, and says so', async () => {
    await using folder = await openTemporaryFolder({
      'photo.png': '',
      'app.min.js': '',
      'pnpm-lock.yaml': '',
      'api.pb.go': '',
      'vendor/x.go': '',
      'main.go': '',
    })
    const { paths, skipped } = await inventoryOf(folder.path)
    expect(paths).toEqual(['main.go'])
    expect(Object.keys(skipped.toRecord())).toEqual(['binary', 'generated', 'lockfile', 'minified', 'vendored'])
  })

  it('counts what is beyond the limit of files', async () => {
    await using folder = await openTemporaryFolder({ 'a.ts': '', 'b.ts': '', 'c.ts': '' })
    const { paths, skipped } = await inventoryOf(folder.path, 2)
    expect(paths).toEqual(['a.ts', 'b.ts'])
    expect(skipped.toRecord()['beyond-limit']).toEqual({ count: 1, examples: ['c.ts'] })
  })

  it('opens no pipe, which could wait for ever', async () => {
    await using folder = await openTemporaryFolder({ 'a.ts': '' })
    execFileSync('mkfifo', [join(folder.path, 'pipe')])
    expect((await inventoryOf(folder.path)).skipped.toRecord()).toEqual({ special: { count: 1, examples: ['pipe'] } })
  })

  it.each(['missing', 'file.txt'])('refuses a folder that is not one: %s', async (name) => {
    await using folder = await openTemporaryFolder({ 'file.txt': '' })
    const attempt = inventoryOf(join(folder.path, name))
    await expect(attempt).rejects.toThrow(AgentFolderError)
    await expect(attempt).rejects.toMatchObject({ code: 'AGENT_FOLDER_UNUSABLE' })
  })
})

describe('reading', () => {
  it('skips binary, huge, generated and minified files when it opens them, and notes each', async () => {
    await using folder = await openTemporaryFolder({
      'binary.dat.txt': Buffer.from([108, 111, 103, 0, 1]),
      'huge.ts': 'login '.repeat(400),
      'made.ts': '// Code generated by a tool. DO NOT EDIT.\nexport const login = 1\n',
      'one-line.js': `const login=1;${'x(login);'.repeat(200)}`,
      'good.ts': 'export const login = 1\n',
    })
    const plan = await planIn(folder.path, 'login', { hugeFileBytes: 2_000, bytesPerFile: 4_096 })
    expect(plan.files.map(({ path }) => path)).toEqual(['good.ts'])
    expect(plan.statistics).toMatchObject({ seen: 5, read: 1 })
    expect(plan.statistics.skipped).toEqual({
      binary: { count: 1, examples: ['binary.dat.txt'] },
      generated: { count: 1, examples: ['made.ts'] },
      huge: { count: 1, examples: ['huge.ts'] },
      minified: { count: 1, examples: ['one-line.js'] },
    })
  })

  it('reads only the beginning of a large file', async () => {
    const text = `${'// nothing here\n'.repeat(100)}// login\n`
    await using folder = await openTemporaryFolder({ 'a.ts': text })
    expect((await planIn(folder.path, 'login')).basis).toBe('prompt')
    const cut = await planIn(folder.path, 'login', { bytesPerFile: 200 })
    expect(cut.basis).toBe('structure')
    expect(cut.statistics).toMatchObject({ truncated: 1, bytes: 200 })
  })

  it('ranks by path alone what comes after the limit of bytes', async () => {
    await using folder = await openTemporaryFolder({ 'a.ts': '// login', 'b-login.ts': '// login' })
    const { statistics, files } = await planIn(folder.path, 'login', { bytesInTotal: 1, concurrency: 1 })
    expect(statistics).toMatchObject({ read: 1, pathOnly: 1 })
    expect(files.find(({ path }) => path === 'b-login.ts')?.reasons.map(({ kind }) => kind)).not.toContain('content')
  })

  it('notes a file and a folder that cannot be read and goes on', async () => {
    await using folder = await openTemporaryFolder({ 'login.ts': 'export const login = 1' })
    await symlink('login.ts', join(folder.path, 'x'))
    // Not valid UTF-8: the name that Node gives back opens nothing.
    await writeFile(Buffer.concat([Buffer.from(`${folder.path}/bad-`), Buffer.from([0xff])]), 'login')
    await mkdir(Buffer.concat([Buffer.from(`${folder.path}/folder-`), Buffer.from([0xfe])]))
    const plan = await planIn(folder.path, 'login')
    expect(plan.files.map(({ path }) => path)).toEqual(['login.ts'])
    expect(plan.statistics.skipped['unreadable']?.count).toBe(2)
  })

  it('reads UTF-16 by its mark, and text that is in no known encoding', async () => {
    await using folder = await openTemporaryFolder({
      'sixteen.txt': Buffer.from('\ufeffthe login page', 'utf16le'),
      'latin.txt': Buffer.from([0xe9, 0x20, ...Buffer.from('login'), 0x20, 0xff]),
    })
    const plan = await planIn(folder.path, 'login')
    expect(plan.files.map(({ path }) => path).toSorted()).toEqual(['latin.txt', 'sixteen.txt'])
  })
})
