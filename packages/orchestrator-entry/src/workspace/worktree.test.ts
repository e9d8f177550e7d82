import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createWorktree } from './create-worktree.ts'
import { finishWorktree } from './finish-worktree.ts'
import { GitRepository } from './fixtures/git-repository.ts'
import { removeWorktree } from './remove-worktree.ts'
import { listWorktrees, type Worktree } from './worktree.ts'
import type { WorktreeEnd } from './worktree-end.ts'

const runId = 'run-1'
const at = (repository: GitRepository): { repository: string; runId: string; folder: string } => ({
  repository: repository.path,
  folder: repository.folder,
  runId,
})

const create = (repository: GitRepository): Promise<Worktree> => createWorktree(at(repository))

type Left = Extract<WorktreeEnd, { outcome: 'left' }>
const finishLeft = async (repository: GitRepository, how: 'merge' | 'leave' = 'merge'): Promise<Left> => {
  const end = await finishWorktree(at(repository), how)
  expect(end.outcome).toBe('left')
  return end as Left
}

const shell = (command: string): string => {
  const env = {
    ...process.env,
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@b',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@b',
  }
  return execFileSync('sh', ['-c', command], { env, encoding: 'utf8', stdio: 'pipe' })
}

/** Each leaves a mark when it is run; gives the keys of the configuration that name them. */
const nameEvilPrograms = (repository: GitRepository, mark: string): readonly string[] => {
  const script = join(repository.scratch, 'evil')
  repository.write({ evil: `#!/bin/sh\necho "$0" "$@" >>'${mark}'\n` }, repository.scratch)
  chmodSync(script, 0o755)
  const hooks = 'post-checkout pre-commit prepare-commit-msg commit-msg post-commit pre-merge-commit post-merge'
  for (const hook of [...hooks.split(' '), 'post-index-change', 'reference-transaction', 'post-rewrite']) {
    symlinkSync(script, join(repository.path, '.git', 'hooks', hook))
  }
  const others = ['merge.evil.driver', 'gpg.program', 'core.editor', 'core.pager', 'diff.external', 'core.fsmonitor']
  const keys = ['filter.evil.clean', 'filter.evil.smudge', 'filter.evil.process', ...others]
  for (const key of keys) repository.git('-c', 'core.hooksPath=/dev/null', 'config', key, script)
  for (const key of ['filter.evil.required', 'commit.gpgSign']) repository.git('config', key, 'true')
  rmSync(mark, { force: true })
  return [...keys, 'filter.evil.required']
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('createWorktree', () => {
  it('gives a run a tree of its own from HEAD, and says what the main tree has beside it', async () => {
    using repository = new GitRepository({ 'a.txt': 'a\n', 'app/b.txt': 'b\n' })
    repository.write({ 'a.txt': 'changed\n', 'new.txt': 'new' })
    const worktree = await createWorktree({ ...at(repository), repository: join(repository.path, 'app') })
    expect(worktree).toEqual({
      runId,
      path: join(repository.folder, runId),
      cwd: join(repository.folder, runId, 'app'),
      branch: 'mayfly/run-1',
      base: repository.git('rev-parse', 'HEAD'),
      from: 'main',
      notes: [`${repository.path} has changes that are in no commit; the run does not see them.`],
    })
    expect(repository.read('a.txt', worktree.path)).toBe('a\n')
    expect(repository.read('a.txt')).toBe('changed\n')
    expect(existsSync(join(worktree.path, 'new.txt'))).toBe(false)
    expect(await listWorktrees({ repository: repository.path })).toEqual([worktree])
  })

  it('finds the worktree that a run has, and brings back one whose folder was removed', async () => {
    using repository = new GitRepository()
    const worktree = await create(repository)
    repository.commit('Work', { 'a.txt': 'work\n' }, worktree.path)
    repository.commit('Go on', { 'b.txt': 'b' })
    expect(await create(repository)).toEqual(worktree)
    rmSync(worktree.path, { recursive: true })
    expect(await create(repository)).toEqual(worktree)
    expect(repository.read('a.txt', worktree.path)).toBe('work\n')
  })

  it('refuses a folder without a repository, one without a commit, a bare one and one that is not committed', async () => {
    using repository = new GitRepository()
    using unborn = new GitRepository({})
    repository.git('init', '--quiet', '--bare', join(repository.scratch, 'bare'))
    repository.write({ 'untracked/x.txt': 'x' })
    const folders = [
      repository.scratch,
      unborn.path,
      '/nowhere',
      `${repository.scratch}/bare`,
      `${repository.path}/untracked`,
    ]
    for (const folder of folders) {
      const refusal = expect(createWorktree({ ...at(repository), repository: folder })).rejects
      await refusal.toMatchObject({ code: 'WORKTREE_UNAVAILABLE', message: expect.stringContaining('git repository') })
    }
    expect(unborn.git('for-each-ref')).toBe('')
  })

  it('refuses a repository whose configuration points at another folder', async () => {
    using repository = new GitRepository()
    using other = new GitRepository()
    repository.git('config', 'core.worktree', other.path)
    await expect(create(repository)).rejects.toMatchObject({ code: 'WORKTREE_UNAVAILABLE' })
  })

  it('says so when there is no git', async () => {
    using repository = new GitRepository()
    vi.stubEnv('PATH', repository.scratch)
    const refusal = expect(create(repository)).rejects
    await refusal.toMatchObject({ code: 'WORKTREE_UNAVAILABLE', message: expect.stringContaining('spawn git ENOENT') })
  })

  it.each(['../x', 'a..b', '-x', '', 'a/b'])('refuses the run id %j', async (id) => {
    using repository = new GitRepository()
    await expect(createWorktree({ ...at(repository), runId: id })).rejects.toMatchObject({ code: 'RUN_ID_INVALID' })
  })

  it.each(['a.lock', 'a.'])('refuses %j, which git takes for no branch', async (id) => {
    using repository = new GitRepository()
    const refusal = expect(createWorktree({ ...at(repository), runId: id }))
    await refusal.rejects.toMatchObject({ code: 'WORKTREE_UNAVAILABLE' })
  })

  it('takes neither the branch nor the folder of something else', async () => {
    using repository = new GitRepository()
    repository.git('branch', 'mayfly/run-1')
    await expect(create(repository)).rejects.toMatchObject({ code: 'WORKTREE_TAKEN' })
    repository.git('branch', '-D', 'mayfly/run-1')
    repository.write({ 'run-1/mine.txt': 'mine' }, repository.folder)
    await expect(create(repository)).rejects.toMatchObject({ code: 'WORKTREE_TAKEN' })
    expect(repository.read('run-1/mine.txt', repository.folder)).toBe('mine')
    const elsewhere = join(repository.scratch, 'elsewhere')
    await createWorktree({ ...at(repository), folder: elsewhere })
    await expect(create(repository)).rejects.toMatchObject({ code: 'WORKTREE_TAKEN' })
    expect(await listWorktrees({ repository: repository.path })).toHaveLength(1)
  })

  it('is not led to another repository by the environment', async () => {
    using repository = new GitRepository()
    using other = new GitRepository()
    for (const [name, value] of [
      ['GIT_DIR', join(other.path, '.git')],
      ['GIT_WORK_TREE', other.path],
      ['GIT_INDEX_FILE', join(other.path, '.git', 'index')],
      ['GIT_CONFIG_PARAMETERS', `'core.hooksPath=${other.path}'`],
    ] as const) {
      vi.stubEnv(name, value)
    }
    const worktree = await create(repository)
    vi.unstubAllEnvs()
    expect(worktree.base).toBe(repository.git('rev-parse', 'HEAD'))
    expect(other.git('for-each-ref', 'refs/mayfly')).toBe('')
  })
})

describe('finishWorktree', () => {
  it('merges every kind of change by moving the branch forward', async () => {
    const binary = new Uint8Array([0, 255, 13, 10, 0, 1])
    using repository = new GitRepository({
      ...{ 'moved.txt': 'moved\n'.repeat(20), 'gone.txt': 'gone', 'run.sh': '#!/bin/sh\n' },
      '.gitignore': 'ignored/\n',
    })
    const { path } = await create(repository)
    mkdirSync(join(path, 'new folder'))
    renameSync(join(path, 'moved.txt'), join(path, 'new folder', 'möved.txt'))
    rmSync(join(path, 'gone.txt'))
    chmodSync(join(path, 'run.sh'), 0o755)
    symlinkSync('run.sh', join(path, 'link'))
    repository.write({ 'image.bin': binary, 'ignored/build.js': 'x', '-f "quoted"\n.txt': 'odd' }, path)
    const end = await finishWorktree({ ...at(repository), message: '# Kept as it is\n' }, 'merge')
    const commit = repository.git('rev-parse', 'HEAD')
    expect(end).toEqual({
      outcome: 'merged',
      into: 'main',
      commit,
      files: 7,
      message: 'The work of run run-1 (7 files) is merged into main.',
    })
    expect(repository.git('status', '--porcelain')).toBe('')
    expect(repository.read('new folder/möved.txt')).toBe('moved\n'.repeat(20))
    expect(readFileSync(join(repository.path, 'image.bin'))).toEqual(Buffer.from(binary))
    expect(lstatSync(join(repository.path, 'run.sh')).mode & 0o111).toBe(0o111)
    expect(lstatSync(join(repository.path, 'link')).isSymbolicLink()).toBe(true)
    expect(existsSync(join(repository.path, 'gone.txt'))).toBe(false)
    expect(existsSync(join(repository.path, 'ignored'))).toBe(false)
    expect(repository.git('log', '-1', '--format=%an <%ae> %cn %s')).toBe(
      'Mayfly <mayfly@localhost> Mayfly # Kept as it is',
    )
    expect(await finishWorktree(at(repository), 'merge')).toEqual(end)
    expect(repository.git('rev-parse', 'HEAD')).toBe(commit)
  })

  it('joins both sides when the branch has moved and nothing conflicts', async () => {
    using repository = new GitRepository()
    const { path } = await create(repository)
    repository.commit('Its own commit', { 'b.txt': 'b\n' }, path)
    repository.write({ 'c.txt': 'c\n' }, path)
    repository.commit('Meanwhile', { 'd.txt': 'd\n' })
    repository.write({ 'untracked.txt': 'u' })
    const end = await finishWorktree(at(repository), 'merge')
    expect(end).toMatchObject({ outcome: 'merged', files: 2 })
    expect(repository.git('status', '--porcelain')).toBe('?? untracked.txt')
    expect(['b.txt', 'c.txt', 'd.txt'].map((name) => repository.read(name))).toEqual(['b\n', 'c\n', 'd\n'])
    expect(repository.git('rev-list', '--count', '--merges', 'HEAD')).toBe('1')
    expect(await finishWorktree(at(repository), 'merge')).toEqual(end)
    expect(repository.git('rev-list', '--count', '--merges', 'HEAD')).toBe('1')
  })

  it('leaves a conflict alone, names it, and says how to go on', async () => {
    using repository = new GitRepository({ 'a.txt': 'a\n', "it's.txt": '1\n' })
    const { path } = await create(repository)
    repository.write({ 'a.txt': 'theirs\n', "it's.txt": '2\n', 'fine.txt': 'f\n' }, path)
    repository.commit('Meanwhile', { 'a.txt': 'ours\n', "it's.txt": '3\n' })
    const head = repository.git('rev-parse', 'HEAD')
    const end = await finishLeft(repository)
    expect(end).toMatchObject({ reason: 'conflict', conflicts: ['a.txt', "it's.txt"], files: 3 })
    expect(repository.git('status', '--porcelain')).toBe('')
    expect(repository.git('rev-parse', 'HEAD')).toBe(head)
    expect(end.message).toContain("  conflict in it's.txt\n")
    for (const command of Object.values(end.commands)) expect(end.message).toContain(command)
    expect(shell(end.commands.look)).toContain('+theirs')
    expect(() => shell(end.commands.merge)).toThrow()
    expect(repository.read('a.txt')).toContain('<<<<<<<')
    repository.commit('Resolve', { 'a.txt': 'both\n' })
    expect(await finishWorktree(at(repository), 'merge')).toMatchObject({ outcome: 'merged' })
    shell(end.commands.remove)
    expect(repository.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main')
    expect(existsSync(path)).toBe(false)
    expect(await listWorktrees({ repository: repository.path })).toEqual([])
  })

  it('leaves the work when it is asked to, with commands that merge it', async () => {
    using repository = new GitRepository()
    const { path } = await create(repository)
    repository.write({ 'b.txt': 'b\n' }, path)
    const end = await finishLeft(repository, 'leave')
    expect(end).toMatchObject({ reason: 'asked', branch: 'mayfly/run-1', files: 1 })
    expect(repository.read('b.txt')).toBeUndefined()
    expect(await finishLeft(repository, 'leave')).toEqual(end)
    repository.git('switch', '--quiet', '--create', 'other')
    shell(end.commands.merge)
    expect(repository.git('branch', '--show-current')).toBe('main')
    expect(repository.read('b.txt')).toBe('b\n')
  })

  it('leaves the work when the main tree has changes, another branch, no branch or a file in the way', async () => {
    using repository = new GitRepository()
    const { path } = await create(repository)
    repository.write({ 'b.txt': 'b\n' }, path)
    repository.write({ 'a.txt': 'changed\n' })
    expect(await finishLeft(repository)).toMatchObject({ reason: 'main-changed' })
    expect(repository.read('a.txt')).toBe('changed\n')
    repository.git('checkout', '--quiet', '--', '.')
    repository.write({ 'b.txt': 'in the way' })
    const refused = await finishLeft(repository)
    expect(refused).toMatchObject({ reason: 'refused', message: expect.stringContaining('b.txt') })
    expect(repository.read('b.txt')).toBe('in the way')
    rmSync(join(repository.path, 'b.txt'))
    repository.git('switch', '--quiet', '--create', 'other')
    expect(await finishLeft(repository)).toMatchObject({ reason: 'branch-elsewhere' })
    repository.git('branch', '--quiet', '-D', 'main')
    expect(await finishLeft(repository)).toMatchObject({ reason: 'branch-elsewhere' })
    repository.git('branch', '--quiet', 'main')
    repository.git('switch', '--quiet', 'main')
    expect(await finishWorktree(at(repository), 'merge')).toMatchObject({ outcome: 'merged' })
  })

  it('leaves the work of a run that began from a detached HEAD', async () => {
    using repository = new GitRepository()
    repository.git('checkout', '--quiet', '--detach')
    const worktree = await create(repository)
    expect(worktree.from).toBeNull()
    repository.write({ 'b.txt': 'b\n' }, worktree.path)
    const end = await finishLeft(repository)
    expect(end.reason).toBe('detached')
    shell(end.commands.merge)
    expect(repository.read('b.txt')).toBe('b\n')
  })

  it('says that nothing was changed, also when only ignored files were', async () => {
    using repository = new GitRepository({ '.gitignore': 'build\n' })
    const { path } = await create(repository)
    repository.write({ build: 'x' }, path)
    expect(await finishWorktree(at(repository), 'merge')).toMatchObject({ outcome: 'unchanged' })
    expect(await finishWorktree(at(repository), 'leave')).toMatchObject({ outcome: 'unchanged' })
  })

  it('commits nothing where the run has left a merge half done or another branch', async () => {
    using repository = new GitRepository()
    const { path } = await create(repository)
    repository.commit('One', { 'a.txt': '1\n' }, path)
    repository.commit('Other', { 'a.txt': '2\n' })
    expect(() => repository.gitIn(path, 'merge', 'main')).toThrow()
    expect(await finishLeft(repository)).toMatchObject({ reason: 'unfinished' })
    repository.gitIn(path, 'merge', '--abort')
    repository.gitIn(path, 'switch', '--quiet', '--create', 'aside')
    expect(await finishLeft(repository)).toMatchObject({
      reason: 'unfinished',
      message: expect.stringContaining('aside'),
    })
  })

  it('does not merge repositories that the run has made inside', async () => {
    using repository = new GitRepository()
    const { path } = await create(repository)
    mkdirSync(join(path, 'empty'))
    repository.gitIn(join(path, 'empty'), 'init', '--quiet')
    repository.write({ 'empty/x.txt': 'x' }, path)
    expect(await finishLeft(repository)).toMatchObject({
      reason: 'embedded',
      message: expect.stringContaining('empty'),
    })
    repository.commit('Inside', {}, join(path, 'empty'))
    expect(await finishLeft(repository)).toMatchObject({
      reason: 'embedded',
      message: expect.stringContaining('empty'),
    })
    expect(repository.git('log', '-1', '--format=%s')).toBe('Begin')
  })

  it('loses nothing of a run that has removed the link to the repository', async () => {
    using repository = new GitRepository()
    const { path } = await create(repository)
    repository.write({ 'b.txt': 'b\n' }, path)
    rmSync(join(path, '.git'))
    await expect(removeWorktree(at(repository))).rejects.toMatchObject({ code: 'WORKTREE_UNMERGED' })
    rmSync(join(path, '.git'))
    await create(repository)
    rmSync(join(path, '.git'))
    expect(await finishWorktree(at(repository), 'merge')).toMatchObject({ outcome: 'merged', files: 1 })
  })

  it('merges what a run has committed whose folder was removed', async () => {
    using repository = new GitRepository()
    const { path } = await create(repository)
    repository.commit('Work', { 'b.txt': 'b\n' }, path)
    rmSync(path, { recursive: true })
    expect(await finishWorktree(at(repository), 'merge')).toMatchObject({ outcome: 'merged', files: 1 })
    await removeWorktree(at(repository))
    expect(repository.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main')
  })

  it('knows no worktree of a run that has none', async () => {
    using repository = new GitRepository()
    const refusal = expect(finishWorktree(at(repository), 'merge')).rejects
    await refusal.toMatchObject({ code: 'WORKTREE_UNKNOWN', subject: runId })
  })

  it('runs nothing that the repository names: hooks, filters, merge drivers, monitors, signing', async () => {
    using repository = new GitRepository({ '.gitattributes': '*.txt filter=evil merge=evil\n', 'a.txt': '1\n' })
    repository.git('branch', 'begin')
    repository.commit('Meanwhile', { 'a.txt': '2\n' })
    repository.git('branch', 'meanwhile')
    repository.git('reset', '--quiet', '--hard', 'begin')
    const mark = join(repository.scratch, 'ran')
    const programs = nameEvilPrograms(repository, mark)
    const harmless = programs.flatMap((key) => ['-c', `${key}=`])
    const move = (to: string): string =>
      repository.git(...harmless, '-c', 'core.hooksPath=/dev/null', 'reset', '--quiet', '--hard', to)

    const { path, notes } = await create(repository)
    expect(notes).toEqual([expect.stringContaining('filter.evil, merge.evil')])
    repository.write({ 'a.txt': '3\n' }, path)
    move('meanwhile')
    expect(await finishLeft(repository)).toMatchObject({ reason: 'conflict', conflicts: ['a.txt'] })
    move('begin')
    expect(await finishWorktree(at(repository), 'merge')).toMatchObject({ outcome: 'merged' })
    await removeWorktree(at(repository))
    expect(repository.read('a.txt')).toBe('3\n')
    expect(existsSync(mark)).toBe(false)
    // They would have been run otherwise.
    repository.write({ 'a.txt': '4\n' })
    expect(() => repository.git('commit', '--all', '--message', 'As usual')).toThrow()
    expect(existsSync(mark)).toBe(true)
  })
})

describe('removeWorktree', () => {
  it('removes what is merged, and is done where there is nothing', async () => {
    using repository = new GitRepository()
    const { path } = await create(repository)
    repository.write({ 'b.txt': 'b\n' }, path)
    await finishWorktree(at(repository), 'merge')
    await removeWorktree(at(repository))
    await removeWorktree(at(repository))
    expect(existsSync(path)).toBe(false)
    expect(repository.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main')
    expect(repository.git('worktree', 'list').split('\n')).toHaveLength(1)
  })

  it('loses no work that is merged nowhere unless it is told to', async () => {
    using repository = new GitRepository()
    const { path } = await create(repository)
    repository.write({ 'b.txt': 'b\n' }, path)
    await expect(removeWorktree(at(repository))).rejects.toMatchObject({ code: 'WORKTREE_UNMERGED' })
    await finishWorktree(at(repository), 'leave')
    await expect(removeWorktree(at(repository))).rejects.toMatchObject({ code: 'WORKTREE_UNMERGED' })
    expect(repository.read('b.txt', path)).toBe('b\n')
    await removeWorktree({ ...at(repository), discard: true })
    expect(repository.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main')
  })

  it('leaves the worktrees of others alone, also those that are out of reach for now', async () => {
    using repository = new GitRepository()
    const other = join(repository.scratch, 'other')
    repository.git('worktree', 'add', '--quiet', '-b', 'other', other)
    await create(repository)
    renameSync(other, `${other}-away`)
    await removeWorktree(at(repository))
    renameSync(`${other}-away`, other)
    expect(repository.gitIn(other, 'branch', '--show-current')).toBe('other')
  })
})
