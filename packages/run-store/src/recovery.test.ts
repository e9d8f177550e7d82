import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { forkStoreProcess, forkUntilExit, killHard } from './fixtures/fork-store-process.ts'
import { aSession, aStep } from './fixtures/records.ts'
import { scratchFolder, scratchStore } from './fixtures/scratch.ts'
import { loadSqlite } from './load-sqlite.ts'
import { openRunStore } from './open-run-store.ts'
import type { RunRecord } from './run-record.ts'
import type { RunStore } from './run-store.ts'

async function interruptedBy(store: RunStore): Promise<readonly RunRecord[]> {
  return (await store.recoverLost()).interrupted
}

async function storeAt(path: string): Promise<RunStore> {
  const store = await openRunStore({ path, now: () => 5000 })
  onTestFinished(() => store.closeSync())
  return store
}

/** A run of this very process, in a store whose file then says something else about the process. */
async function runOfChangedHost(change: string): Promise<RunStore> {
  const path = join(scratchFolder(), 'store.db')
  const before = await openRunStore({ path })
  await before.createRun({ runId: 'run-1', prompt: '', cwd: '/', status: 'running' })
  await before.close()
  const { DatabaseSync } = loadSqlite()
  using connection = new DatabaseSync(path, { timeout: 5000 })
  connection.prepare(`UPDATE hosts SET ${change} WHERE boot_id = ?`).run(before.bootId)
  return storeAt(path)
}

describe('after kill -9 of the process that ran it', () => {
  test('a run is reported as interrupted, and the run of a living process is left alone', async () => {
    const path = join(scratchFolder(), 'store.db')
    const killed = await forkStoreProcess(path, 'hold', 'killed')
    const alive = await forkStoreProcess(path, 'hold', 'alive')
    await killHard(killed.child)

    const store = await storeAt(path)
    const recovered = await interruptedBy(store)

    const error = {
      name: 'RunInterruptedError',
      message: `Process ${killed.child.pid}, which ran it, is gone without having finished it.`,
      code: 'HOST_LOST',
    }
    expect(recovered).toMatchObject([{ runId: 'killed', status: 'interrupted', endedAt: 5000, error }])
    expect(await store.getRun('killed')).toEqual(recovered[0])
    expect(await store.listSteps('killed')).toMatchObject([{ status: 'interrupted', endedAt: 5000, error }])
    expect(await store.listSessions('killed')).toMatchObject([{ status: 'lost', cause: 'host_lost', endedAt: 5000 }])
    expect(await store.getRun('alive')).toMatchObject({ ...(alive.report as object), status: 'running' })
    expect(await store.listSteps('alive')).toMatchObject([{ status: 'running' }])
    expect(await store.listSessions('alive')).toMatchObject([{ status: 'running' }])
    expect(await interruptedBy(store)).toEqual([])
  })

  test('every run whose acceptance was reported is there, wherever the kill struck', async () => {
    const path = join(scratchFolder(), 'store.db')
    const { child, report } = await forkStoreProcess(path, 'accept', 'run')
    const accepted = [report]
    child.on('message', (runId) => accepted.push(runId))
    while (accepted.length < 20) await once(child, 'message')
    await killHard(child)

    const recovered = (await interruptedBy(await storeAt(path))).map((run) => run.runId)
    expect(recovered).toEqual(expect.arrayContaining(accepted))
    // One more may have been written whose report was still on its way.
    expect(recovered.length - accepted.length).toBeLessThanOrEqual(1)
  })

  test('a run can be taken over, and then belongs to the living', async () => {
    const path = join(scratchFolder(), 'store.db')
    await killHard((await forkStoreProcess(path, 'hold', 'killed')).child)
    const first = await storeAt(path)
    await interruptedBy(first)
    await first.updateRun('killed', { status: 'running', bootId: first.bootId, endedAt: null, error: null })
    const second = await storeAt(path)
    expect(await interruptedBy(second)).toEqual([])
    expect(await second.getRun('killed')).toMatchObject({ status: 'running', bootId: first.bootId })
  })
})

describe('a process is taken for dead', () => {
  test.runIf(process.platform === 'linux')('when its pid belongs to one that started at another time', async () => {
    const store = await runOfChangedHost('process_started = process_started - 1')
    expect(await interruptedBy(store)).toMatchObject([{ runId: 'run-1', status: 'interrupted' }])
  })

  test.runIf(process.platform === 'linux')('when the kernel has booted since', async () => {
    const store = await runOfChangedHost("kernel_boot_id = 'an earlier one'")
    expect(await interruptedBy(store)).toHaveLength(1)
  })

  test('when its pid is gone and nothing else is known of it', async () => {
    const store = await runOfChangedHost('pid = 2147483647, process_started = NULL, kernel_boot_id = NULL')
    expect(await interruptedBy(store)).toHaveLength(1)
  })

  test('but not when only its pid is known and that lives', async () => {
    const store = await runOfChangedHost('process_started = NULL, kernel_boot_id = NULL')
    expect(await interruptedBy(store)).toEqual([])
  })
})

describe('recovering', () => {
  test('leaves waiting and ended runs of dead processes as they are', async () => {
    const store = await runOfChangedHost('pid = 2147483647, process_started = NULL')
    await store.updateRun('run-1', { status: 'waiting' })
    expect(await interruptedBy(store)).toEqual([])
    expect(await store.getRun('run-1')).toMatchObject({ status: 'waiting', endedAt: null })
  })

  test('forgets dead processes that own nothing', async () => {
    const path = join(scratchFolder(), 'store.db')
    for (let opening = 0; opening < 3; opening++) await killHard((await forkStoreProcess(path, 'idle')).child)
    const store = await storeAt(path)
    expect(await interruptedBy(store)).toEqual([])
    const { DatabaseSync } = loadSqlite()
    using connection = new DatabaseSync(path, { timeout: 5000 })
    expect(connection.prepare('SELECT boot_id FROM hosts').all()).toEqual([{ boot_id: store.bootId }])
  })
})

describe('in an exit hook', () => {
  test('a process leaves its runs interrupted, with the reason', async () => {
    const path = join(scratchFolder(), 'store.db')
    expect(await forkUntilExit(path, 'exit', 'run-1')).toBe(0)
    const store = await storeAt(path)
    const error = { name: 'RunInterruptedError', message: 'stopped by the user', code: 'INTERRUPTED' }
    expect(await store.getRun('run-1')).toMatchObject({ status: 'interrupted', error })
    expect(await store.listSteps('run-1')).toMatchObject([{ status: 'interrupted', error }])
    expect(await store.listSessions('run-1')).toMatchObject([{ status: 'interrupted', cause: 'shutdown' }])
    expect(await interruptedBy(store)).toEqual([])
  })

  test('interrupting finds its runs once, and neither ended ones nor those of others', async () => {
    const store = await scratchStore()
    const other = await storeAt(store.path)
    await other.createRun({ runId: 'other', prompt: '', cwd: '/', status: 'running' })
    for (const [runId, status] of [
      ['queued', 'queued'],
      ['running', 'running'],
      ['done', 'completed'],
    ] as const)
      await store.createRun({ runId, prompt: '', cwd: '/', status })
    await store.saveStep(aStep({ runId: 'running', status: 'completed' }))
    await store.saveSession(aSession({ runId: null }))
    expect(store.interruptOwn('stop')).toEqual(['queued', 'running'])
    expect(store.interruptOwn('stop')).toEqual([])
    expect(await store.getRun('done')).toMatchObject({ status: 'completed' })
    expect(await store.getRun('other')).toMatchObject({ status: 'running' })
    expect(await store.listSteps('running')).toMatchObject([{ status: 'completed' }])
    expect(await store.listSessions()).toMatchObject([{ status: 'interrupted' }])
  })
})
