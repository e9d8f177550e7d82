import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AgentContext } from '../agent.ts'
import { openTemporaryFolder } from '../fixtures/temporary-folder.ts'
import { openLocalContext } from '../local-context.ts'
import { type History, readHistory } from './history.ts'
import { scoreHistory } from './history-scores.ts'
import { defaultLimits } from './limits.ts'
import { createPathTable } from './path-table.ts'
import { createQuery } from './query.ts'

async function historyOf(
  folder: string,
  paths: readonly string[],
  change: Partial<AgentContext> = {},
  commits = 100,
): Promise<History> {
  using context = openLocalContext({ folder })
  const table = createPathTable(paths)
  return await readHistory(folder, table, { ...defaultLimits, commits }, { ...context, ...change })
}

describe('readHistory', () => {
  it('reads the newest commits with the files that still exist', async () => {
    await using folder = await openTemporaryFolder({ 'a b.ts': '1', 'gone.ts': '1' })
    await folder.git('init', '--quiet')
    await folder.commit('Begin')
    await folder.write({ 'a b.ts': '2', 'ünïcode.ts': '1' })
    await folder.commit('Add “quotes” and a ; semicolon')
    await folder.commit('Touch nothing')
    expect(await historyOf(folder.path, ['a b.ts', 'ünïcode.ts'])).toEqual({
      kind: 'known',
      complete: true,
      commits: [
        { subject: 'Add “quotes” and a ; semicolon', files: [0, 1], touched: 2 },
        { subject: 'Begin', files: [0], touched: 2 },
      ],
    })
    expect(await historyOf(folder.path, ['a b.ts'], {}, 1)).toMatchObject({ commits: [{ files: [0] }] })
  })

  it('reads paths relative to a folder inside the repository', async () => {
    await using folder = await openTemporaryFolder({ 'app/a.ts': '1', 'other/b.ts': '1' })
    await folder.git('init', '--quiet')
    await folder.commit('Begin')
    const history = await historyOf(join(folder.path, 'app'), ['a.ts'])
    expect(history).toMatchObject({ commits: [{ files: [0], touched: 1 }] })
  })

  it('says why it knows nothing: no repository, no commit, no git', async () => {
    await using folder = await openTemporaryFolder({ 'a.ts': '' })
    expect(await historyOf(folder.path, ['a.ts'])).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('not a git repository'),
    })
    await folder.git('init', '--quiet')
    expect(await historyOf(folder.path, ['a.ts'])).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('commit'),
    })
    using context = openLocalContext({ folder: folder.path })
    const spawn: AgentContext['spawn'] = (_, args, options) => context.spawn('/nowhere/git', args, options)
    expect(await historyOf(folder.path, ['a.ts'], { spawn })).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('ENOENT'),
    })
  })

  it('runs nothing that the repository names in its configuration', async () => {
    await using folder = await openTemporaryFolder({ 'a.ts': '1' })
    await folder.git('init', '--quiet')
    await folder.commit('Begin')
    // A commit that claims a signature: `log.showSignature` then runs `gpg.program` to look at it.
    const signature = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n -----END PGP SIGNATURE-----\n'
    const commit = (await folder.git('cat-file', 'commit', 'HEAD')).replace('\n\n', `\n${signature}\n`)
    await folder.write({ '.git/signed': commit })
    const signed = await folder.git('hash-object', '-t', 'commit', '-w', '.git/signed')
    await folder.git('update-ref', 'HEAD', signed.trim())
    const trap = join(folder.path, 'trap.sh')
    await writeFile(trap, `#!/bin/sh\ntouch '${folder.path}/sprung'\n`, { mode: 0o755 })
    for (const name of ['core.fsmonitor', 'core.pager', 'gpg.program', 'diff.external', 'core.sshCommand']) {
      await folder.git('config', name, trap)
    }
    await folder.git('config', 'log.showSignature', 'true')
    expect(await historyOf(folder.path, ['a.ts'])).toMatchObject({ kind: 'known' })
    await expect(folder.read('sprung')).rejects.toThrow('ENOENT')
  })

  it('kills git and throws the reason when it is aborted', async () => {
    await using folder = await openTemporaryFolder()
    const controller = new AbortController()
    using context = openLocalContext({ folder: folder.path, signal: controller.signal })
    const reason = new Error('enough')
    const children: ReturnType<AgentContext['spawn']>[] = []
    const spawn: AgentContext['spawn'] = (_, __, options) => {
      const child = context.spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], options)
      children.push(child)
      child.once('spawn', () => controller.abort(reason))
      return child
    }
    const attempt = readHistory(folder.path, createPathTable([]), defaultLimits, { ...context, spawn })
    const closed = Promise.resolve().then(() => once(children[0] ?? expect.fail('git was not started'), 'close'))
    await expect(attempt).rejects.toBe(reason)
    expect(await closed).toEqual([null, 'SIGKILL'])
  })
})

describe('scoreHistory', () => {
  const commits = [
    { subject: 'Correct the webhook retry', files: [0, 1], touched: 2 },
    { subject: 'Move everything', files: [0, 1, 2, 3], touched: 400 },
    { subject: 'Change the colours', files: [2], touched: 1 },
    { subject: 'Retry again', files: [0, 1], touched: 2 },
  ]
  const scores = scoreHistory({ kind: 'known', commits, complete: true }, createQuery('webhook retries', defaultLimits))

  it('knows which files commits like the prompt touched', () => {
    expect(scores.likenessOf(0)).toBeGreaterThan(0.5)
    expect(scores.subjectOf(0)).toBe('Correct the webhook retry')
    expect(scores.likenessOf(2)).toBe(0)
  })

  it('knows what changes often, and what changes together, and leaves commits out that touch everything', () => {
    expect([0, 2, 3].map((file) => scores.changesOf(file))).toEqual([2, 1, 0])
    expect(scores.heatOf(0)).toBe(1)
    expect([...scores.companionsOf(0).keys()]).toEqual([1])
  })

  it('says nothing without a history', () => {
    const none = scoreHistory({ kind: 'unknown', reason: 'none' }, createQuery('webhook', defaultLimits))
    expect([none.heatOf(0), none.likenessOf(0), none.changesOf(0), none.companionsOf(0).size]).toEqual([0, 0, 0, 0])
  })
})
