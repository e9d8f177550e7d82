import { existsSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { RunFailedError } from './errors.ts'
import { Orchestrator } from './orchestrator.ts'
import { collectStore } from './store-maintenance.ts'
import { GitRepository } from './workspace/fixtures/git-repository.ts'

/* What becomes of worktrees when the runs of one store have worked in several repositories. */

const failing = fileURLToPath(new URL('./fixtures/failing-agent.mjs', import.meta.url))

let scratch: string
/** In no repository. */
let elsewhere: string

beforeEach(() => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), 'mayfly-store-worktrees-')))
  elsewhere = join(scratch, 'elsewhere')
  mkdirSync(elsewhere)
  writeFileSync(join(scratch, 'flow.yaml'), 'name: flow\nsteps:\n  - { step: 0, name: Fail, agent: a }\n')
})

afterEach(() => rmSync(scratch, { recursive: true }))

const repository = (): GitRepository => {
  const made = new GitRepository()
  onTestFinished(() => made[Symbol.dispose]())
  return made
}

const logger = { info: () => {}, warn: () => {} }

/** A run that leaves an idle worktree. @returns the folder of that */
const leaveWorktree = async ({ path: cwd }: GitRepository, runId: string, home = 'home'): Promise<string> => {
  const environment = { MAYFLY_HOME: join(scratch, home) }
  const common = { cwd, environment, logger, agent: failing, mode: 'legacy', steps: 'all' } as const
  await using orchestrator = new Orchestrator(common)
  const workflow = join(scratch, 'flow.yaml')
  const error = await orchestrator.processUserPrompt('Fail', { runId, worktree: 'merge' }, { workflow }).then(
    () => Promise.reject(new Error('it completed')),
    (failed: RunFailedError) => failed,
  )
  return error.result.runRecord.cwd
}

const collect = (cwd: string, options: { readonly dryRun?: boolean; readonly keepMs?: number } = {}) => {
  const surroundings = { cwd, environment: { MAYFLY_HOME: join(scratch, 'home') }, logger }
  return collectStore(surroundings, { keepMs: 0, ...options })
}

test('worktrees go with their runs in every repository that these name, wherever that is asked for', async () => {
  const [one, other] = [repository(), repository()]
  const folders = [await leaveWorktree(one, 'run-1'), await leaveWorktree(other, 'run-2')].toSorted()
  expect((await collect(elsewhere, { dryRun: true })).worktrees.toSorted()).toEqual(folders)
  expect(folders.map((folder) => existsSync(folder))).toEqual([true, true])
  const { worktrees, kept } = await collect(elsewhere)
  expect({ worktrees: worktrees.toSorted(), kept }).toEqual({ worktrees: folders, kept: [] })
  expect(folders.map((folder) => existsSync(folder))).toEqual([false, false])
  for (const { path } of [one, other])
    expect(one.gitIn(path, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main')
})

test('the worktree of a run that is kept, and that of another store under the same name, stay', async () => {
  const [one, other] = [repository(), repository()]
  const recent = await leaveWorktree(one, 'run-1')
  expect(await collect(one.path, { keepMs: 3_600_000 })).toMatchObject({ runs: [], worktrees: [] })
  const foreign = await leaveWorktree(other, 'run-1', 'another-home')
  expect((await collect(other.path)).worktrees).toEqual([recent])
  expect([recent, foreign].map((folder) => existsSync(folder))).toEqual([false, true])
  expect(other.git('branch', '--list', 'mayfly/run-1')).toContain('mayfly/run-1')
})

test('a repository that is gone is said, and keeps no other from being cleared', async () => {
  const [one, other] = [repository(), repository()]
  const lost = await leaveWorktree(one, 'run-1')
  const found = await leaveWorktree(other, 'run-2')
  renameSync(one.path, `${one.path}-moved`)
  const { runs, worktrees, kept } = await collect(elsewhere)
  expect(runs.toSorted()).toEqual(['run-1', 'run-2'])
  expect(worktrees).toEqual([found])
  expect(kept).toEqual([expect.stringContaining(lost)])
  expect(existsSync(lost)).toBe(true)
})

test('a repository that was moved is found where somebody says it is', async () => {
  const one = repository()
  const folder = await leaveWorktree(one, 'run-1')
  const moved = `${one.path}-moved`
  renameSync(one.path, moved)
  one.gitIn(moved, 'worktree', 'repair', folder)
  expect(await collect(moved)).toMatchObject({ worktrees: [folder], kept: [] })
  expect(existsSync(folder)).toBe(false)
})
