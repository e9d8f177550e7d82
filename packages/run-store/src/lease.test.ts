import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { AttemptReference } from './claim.ts'
import { forkStoreProcess, killHard } from './fixtures/fork-store-process.ts'
import { aClaim, anAcceptedRun, anAttemptEnd } from './fixtures/records.ts'
import { footprint, rejection, scratchFolder, until } from './fixtures/scratch.ts'
import { stopBetweenWrites } from './fixtures/stop-process.ts'
import { processStartTime } from './host.ts'
import { loadSqlite } from './load-sqlite.ts'
import { openRunStore } from './open-run-store.ts'
import type { Recovery } from './recovery.ts'
import type { RunStore } from './run-store.ts'

const LEASE_MS = 300

/** On a machine that is busy with other tests, the thread must get its turn three times in this. */
const BUSY_LEASE_MS = 1500

async function storeAt(path: string, leaseMs: number = LEASE_MS): Promise<RunStore> {
  const store = await openRunStore({ path, leaseMs })
  onTestFinished(() => store.closeSync())
  return store
}

/** Recovers until somebody was lost. */
async function recoverSomebody(store: RunStore): Promise<Recovery> {
  return until(
    () => store.recoverLost(),
    ({ hosts }) => hosts.length > 0,
  )
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  child.send('now')
  const [answer] = await once(child, 'message')
  return answer
}

describe('a process that was killed', () => {
  test('loses its claims at once: a repeatable step is queued, its session is lost', async () => {
    const path = join(scratchFolder(), 'store.db')
    const { child, report } = await forkStoreProcess(path, 'claim', 'run-1')
    await killHard(child)
    const store = await storeAt(path)
    const { bootId } = report as { bootId: string }
    const recovery = await store.recoverLost({ requeueAfterMs: 0 })
    expect(recovery).toEqual({
      hosts: [{ bootId, pid: child.pid, because: 'dead' }],
      sessions: 1,
      requeued: [{ runId: 'run-1', step: 0, status: 'queued' }],
      interrupted: [],
      cancelled: [],
      children: [],
    })
    expect(await store.listSessions('run-1')).toMatchObject([{ status: 'lost', cause: 'host_lost', attempt: 1 }])
    expect(await store.claim(aClaim())).toMatchObject({ claim: { runId: 'run-1', attempt: 2 } })
    expect(await store.recoverLost()).toMatchObject({ hosts: [], sessions: 0 })
  })

  test('is known to be gone before anybody has recovered', async () => {
    const path = join(scratchFolder(), 'store.db')
    const { child } = await forkStoreProcess(path, 'claim', 'run-1')
    const store = await storeAt(path, BUSY_LEASE_MS)
    await store.accept(anAcceptedRun({ runId: 'run-2' }))
    expect(await Promise.all(['run-1', 'run-2', 'run-3'].map((id) => store.hasLiveHost(id)))).toEqual([
      true,
      true,
      false,
    ])
    await killHard(child)
    expect(await store.hasLiveHost('run-1')).toBe(false)
    expect(await store.claim(aClaim({ runId: 'run-1' }))).toMatchObject({ claim: null })
    await store.recoverLost()
    expect(await store.hasLiveHost('run-1')).toBe(false)
    // Whoever makes the next attempt has it from then on, whose ever the run is.
    expect(await store.claim(aClaim({ runId: 'run-1' }))).toMatchObject({ claim: { attempt: 2 } })
    expect(await store.hasLiveHost('run-1')).toBe(true)
  })

  test('blocks nobody for longer than its lease, even when nobody recovers', async () => {
    const path = join(scratchFolder(), 'store.db')
    const { child } = await forkStoreProcess(path, 'claim', 'run-1', LEASE_MS)
    const store = await storeAt(path)
    await store.setLimits({ workers: 1 })
    await store.accept(anAcceptedRun({ runId: 'run-2' }))
    expect(await store.claim(aClaim())).toMatchObject({ because: 'workers' })
    await killHard(child)
    await until(
      () => store.claim(aClaim()),
      ({ claim }) => claim !== null,
    )
    expect(await store.usage()).toMatchObject({ workers: 1 })
  })

  test('leaves the children that it registered to be ended, until somebody has said that they were', async () => {
    const path = join(scratchFolder(), 'store.db')
    const { child, report } = await forkStoreProcess(path, 'claim', 'run-1')
    const orphan = spawn('sleep', ['60'])
    onTestFinished(() => void orphan.kill('SIGKILL'))
    const { attempt } = report as { attempt: AttemptReference }
    const { DatabaseSync } = loadSqlite()
    using connection = new DatabaseSync(path, { timeout: 5000 })
    const insert = connection.prepare('INSERT INTO children VALUES (?, ?, ?, 1)')
    insert.run(attempt.sessionId, Number(orphan.pid), processStartTime(Number(orphan.pid)))
    insert.run(attempt.sessionId, 2147483647, 5)
    await killHard(child)

    const store = await storeAt(path)
    const { children } = await store.recoverLost()
    expect(children).toMatchObject([
      { sessionId: attempt.sessionId, pid: orphan.pid, leadsGroup: true, isAlive: true },
      { sessionId: attempt.sessionId, pid: 2147483647, isAlive: false },
    ])
    expect((await store.recoverLost()).children).toEqual(children)
    await store.forgetChildren(children)
    expect((await store.recoverLost()).children).toEqual([])
  })
})

describe('a process that was stopped for longer than its lease', () => {
  test('can write nothing any more once others have taken over, and learns of it', async () => {
    const path = join(scratchFolder(), 'store.db')
    const { child, report } = await forkStoreProcess(path, 'obey', 'run-1', LEASE_MS)
    const { bootId } = report as { bootId: string }
    await stopBetweenWrites(child, path)
    const store = await storeAt(path)
    expect(await recoverSomebody(store)).toMatchObject({
      hosts: [{ bootId, pid: child.pid, because: 'lease' }],
      requeued: [{ runId: 'run-1' }],
    })
    const { claim } = await store.claim(aClaim())
    expect(claim).toMatchObject({ runId: 'run-1', attempt: 2 })

    child.kill('SIGCONT')
    const fenced = 'STORE_FENCED'
    expect(await answerOf(child)).toEqual({
      ...{ settle: fenced, saveCheckpoint: fenced, registerChild: fenced, saveSession: fenced, saveStep: fenced },
      ...{ saveQueued: fenced },
      ...{ updateRun: fenced, createRun: fenced, appendEvent: fenced, accept: fenced, claim: fenced },
      ...{ requeue: fenced, requestCancel: fenced, interruptOwn: 0, isFenced: true },
    })
    expect(await store.listRuns()).toMatchObject([{ runId: 'run-1', status: 'running', bootId: store.bootId }])
    expect(await store.listEvents('run-1')).toEqual([])
    if (claim !== null) expect(await store.settle(claim, anAttemptEnd())).toMatchObject({ status: 'completed' })
  })

  test('goes on as if nothing had been when nobody has taken over', async () => {
    const path = join(scratchFolder(), 'store.db')
    const { child } = await forkStoreProcess(path, 'obey', 'run-1', LEASE_MS)
    const store = await storeAt(path)
    await store.setLimits({ perKey: 1 })
    await store.accept(anAcceptedRun({ runId: 'run-2' }, { concurrencyKey: 'shared' }))
    expect(await store.claim(aClaim())).toMatchObject({ because: 'key' })
    await stopBetweenWrites(child, path)
    await until(
      () => store.usage(),
      ({ workers }) => workers === 0,
    )
    child.kill('SIGCONT')
    expect(await answerOf(child)).toMatchObject({ settle: 'written', isFenced: false })
  })
})

test('a main thread that is busy for several leases keeps its claims', async () => {
  const path = join(scratchFolder(), 'store.db')
  const { child, report } = await forkStoreProcess(path, 'spin', 'run-1', BUSY_LEASE_MS)
  expect(report).toBe('spinning')
  const store = await storeAt(path)
  const answer = once(child, 'message')
  let isSpinning = true
  void answer.then(() => {
    isSpinning = false
  })
  const recoveries = await until(
    async () => (await store.recoverLost()).hosts,
    (hosts) => hosts.length > 0 || !isSpinning,
  )
  expect(recoveries).toEqual([])
  expect((await answer)[0]).toBe('completed')
})

describe('the thread of a lease', () => {
  test('tells its store, which has written nothing since, that others have taken over', async () => {
    const path = join(scratchFolder(), 'store.db')
    const store = await storeAt(path)
    await store.accept(anAcceptedRun({ claim: aClaim() }))
    const { DatabaseSync } = loadSqlite()
    using connection = new DatabaseSync(path, { timeout: 5000 })
    connection.exec("UPDATE hosts SET state = 'lost'")
    await once(store.fenced, 'abort')
    expect(store.fenced.reason).toMatchObject({ code: 'STORE_FENCED', bootId: store.bootId })
    expect(await rejection(store.accept(anAcceptedRun({ runId: 'run-2' })))).toMatchObject({ code: 'STORE_FENCED' })
    expect(await store.getRun('run-2')).toBeUndefined()
  })

  test('is not started for a store that has nothing to lose', async () => {
    const path = join(scratchFolder(), 'store.db')
    const store = await storeAt(path)
    await store.accept(anAcceptedRun())
    await store.listRuns()
    const { DatabaseSync } = loadSqlite()
    using connection = new DatabaseSync(path, { timeout: 5000 })
    expect(connection.prepare('SELECT lease_until, state FROM hosts').all()).toEqual([
      { lease_until: null, state: 'live' },
    ])
  })

  test('ends with its store, whether or not it had started, and leaves nothing beside the file', async () => {
    for (const pause of [0, 1, 200]) {
      const path = join(scratchFolder(), 'store.db')
      const store = await storeAt(path)
      const { claim } = await store.accept(anAcceptedRun({ claim: aClaim() }))
      if (pause > 0) await setTimeout(pause)
      if (claim !== null) await store.settle(claim, anAttemptEnd())
      store.closeSync()
      expect(footprint(path).names).toEqual(['.gitignore', 'store.db'])
    }
  })

  test('keeps no process alive', async () => {
    const path = join(scratchFolder(), 'store.db')
    const { child } = await forkStoreProcess(path, 'claim', 'run-1')
    child.disconnect()
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
  })

  test('works in a worker thread, too', async () => {
    const program = `
      const { openRunStore } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url))})
      const { parentPort, workerData } = await import('node:worker_threads')
      const store = await openRunStore({ path: workerData })
      await store.createRun({ runId: 'run-1', prompt: '', cwd: '/' })
      store.interruptOwn('done')
      store.closeSync()
      parentPort.postMessage('closed')`
    const url = new URL(`data:text/javascript,${encodeURIComponent(program)}`)
    const worker = new Worker(url, {
      workerData: join(scratchFolder(), 'store.db'),
      execArgv: ['--conditions=@mayfly/source'],
    })
    expect(await once(worker, 'message')).toEqual(['closed'])
    await once(worker, 'exit')
  })
})
