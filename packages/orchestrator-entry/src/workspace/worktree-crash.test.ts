import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createWorktree } from './create-worktree.ts'
import { finishWorktree } from './finish-worktree.ts'
import { GitRepository } from './fixtures/git-repository.ts'
import { runKilled } from './fixtures/killing-git.ts'
import { removeWorktree } from './remove-worktree.ts'

type Phase = 'create' | 'merge' | 'leave' | 'remove'
type Target = Parameters<typeof createWorktree>[0]

const targetIn = ({ path, folder }: GitRepository): Target => ({ repository: path, folder, runId: 'run-1' })

const run = async (phase: Phase, target: Target): Promise<unknown> => {
  if (phase === 'create') return await createWorktree(target)
  if (phase === 'remove') return await removeWorktree({ ...target, discard: true })
  return await finishWorktree(target, phase)
}

/** A repository in which both sides have work, up to the phase. */
const prepare = async (phase: Phase): Promise<GitRepository> => {
  const repository = new GitRepository({ 'a.txt': 'a\n', 'b.txt': 'b\n' })
  if (phase === 'create') return repository
  const { path } = await createWorktree(targetIn(repository))
  repository.write({ 'a.txt': 'changed\n', 'new.txt': 'new\n' }, path)
  repository.commit('Meanwhile', { 'c.txt': 'c\n' })
  if (phase === 'remove') await finishWorktree(targetIn(repository), 'merge')
  return repository
}

/** All that a phase leaves, but for the time that stands in commits. */
const stateOf = (repository: GitRepository): unknown => {
  const refs = repository.git('for-each-ref', '--format=%(refname) %(objecttype)').split('\n')
  const trees = ['main', 'mayfly/run-1'].map((name) => {
    const isKnown = refs.includes(`refs/heads/${name} commit`)
    return isKnown ? repository.git('log', '--format=%T %s', name).split('\n').toSorted() : null
  })
  const worktrees = repository.git('worktree', 'list').replaceAll(/ [0-9a-f]{7,} /g, ' ')
  const path = join(repository.folder, 'run-1')
  const isThere = existsSync(path)
  return {
    refs,
    trees,
    worktrees: worktrees.replaceAll(repository.scratch, ''),
    status: repository.git('status', '--porcelain'),
    files: isThere ? readdirSync(path).toSorted() : null,
    ownStatus: isThere ? repository.gitIn(path, 'status', '--porcelain') : null,
    locks: readdirSync(join(repository.path, '.git'), { recursive: true }).filter((name) =>
      String(name).endsWith('.lock'),
    ),
  }
}

describe('a call that was killed', () => {
  it.each([
    ['create', 5],
    ['merge', 4],
    ['leave', 2],
    ['remove', 5],
  ] as const)('is made good by the next one, wherever %s is killed', async (phase, writes) => {
    using uninterrupted = await prepare(phase)
    await run(phase, targetIn(uninterrupted))
    const expected = stateOf(uninterrupted)
    for (let after = 1; after <= writes; after += 1) {
      using repository = await prepare(phase)
      const target = targetIn(repository)
      expect(runKilled(phase, [target.repository, target.folder, target.runId], after)).toBe(true)
      await run(phase, target)
      expect(stateOf(repository)).toEqual(expected)
    }
    // There is no further place between two commands that write.
    using last = await prepare(phase)
    expect(runKilled(phase, [last.path, last.folder, 'run-1'], writes + 1)).toBe(false)
    expect(stateOf(last)).toEqual(expected)
  })

  it('is made good when git itself was killed while it made the worktree', async () => {
    using repository = new GitRepository({ 'a.txt': 'a\n', 'b.txt': 'b\n' })
    const target = targetIn(repository)
    // Written so far: the record (object and name) and the worktree.
    expect(runKilled('create', [target.repository, target.folder, target.runId], 3)).toBe(true)
    const own = join(repository.path, '.git', 'worktrees', 'run-1')
    const path = join(repository.folder, 'run-1')
    rmSync(join(own, 'index'))
    writeFileSync(join(own, 'index.lock'), '')
    writeFileSync(join(own, 'locked'), 'initializing')
    for (const name of ['.git', 'b.txt']) rmSync(join(path, name))
    await createWorktree(target)
    expect(readdirSync(path).toSorted()).toEqual(['.git', 'a.txt', 'b.txt'])
    expect(repository.gitIn(path, 'status', '--porcelain')).toBe('')
  })

  it('is made good when the files were half removed, also by whoever wants a worktree again', async () => {
    for (const again of [removeWorktree, createWorktree]) {
      using repository = await prepare('remove')
      const target = targetIn(repository)
      // Written so far: that it is being removed.
      expect(runKilled('remove', [target.repository, target.folder, target.runId], 2)).toBe(true)
      for (const name of ['.git', 'b.txt']) rmSync(join(repository.folder, 'run-1', name))
      await again(target)
      expect(existsSync(join(repository.folder, 'run-1', 'c.txt'))).toBe(again === createWorktree)
      expect(repository.git('for-each-ref', 'refs/mayfly').split('\n').filter(Boolean)).toHaveLength(
        again === createWorktree ? 1 : 0,
      )
    }
  })
})
