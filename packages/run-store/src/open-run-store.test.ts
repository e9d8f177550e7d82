import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { forkStoreProcess, killHard } from './fixtures/fork-store-process.ts'
import { aSession } from './fixtures/records.ts'
import { counter, footprint, rejection, scratchFolder } from './fixtures/scratch.ts'
import { loadSqlite } from './load-sqlite.ts'
import { openRunStore } from './open-run-store.ts'
import { APPLICATION_ID, migrations, SCHEMA_VERSION } from './sql/migrations.ts'

const { DatabaseSync } = loadSqlite()

/** Writes with plain SQLite, as another program would. */
function execute(path: string, sql: string): void {
  const connection = new DatabaseSync(path, { timeout: 5000 })
  connection.exec(sql)
  connection.close()
}

/** One run that has ended and one of a process that is gone, as earlier releases wrote them. */
const olderContent = `
  INSERT INTO hosts (boot_id, pid, opened_at) VALUES ('older', 2147483647, 1);
  INSERT INTO runs (run_id, prompt, cwd, status, execution_mode, boot_id, created_at, started_at, ended_at)
    VALUES ('run-1', '"old"', '/', 'completed', 'worker', 'older', 10, 20, 90);
  INSERT INTO runs (run_id, prompt, cwd, status, boot_id, created_at) VALUES ('run-2', '""', '/', 'running', 'older', 30);
  INSERT INTO sessions (session_id, run_id, attempt, isolation, status, peak_heap_mb, boot_id, created_at)
    VALUES ('old', 'run-1', 1, 'thread', 'completed', 99, 'older', 20)`

async function closedStore(runs: number = 1): Promise<string> {
  const path = join(scratchFolder(), 'store.db')
  await using store = await openRunStore({ path, now: counter() })
  for (let index = 0; index < runs; index++)
    await store.createRun({ runId: `run-${index}`, prompt: 'x'.repeat(4000), cwd: '/' })
  return path
}

async function expectRefusal(path: string, code: string, readOnly: boolean = false): Promise<void> {
  const before = footprint(path)
  const error = await rejection(openRunStore({ path, readOnly, busyTimeoutMs: 20 }))
  expect(error).toMatchObject({ code, path })
  expect(String(error)).toContain(path)
  expect(String(error)).not.toContain('\n')
  expect(footprint(path)).toEqual(before)
}

describe('opening', () => {
  test('creates a private folder that git ignores, and a private file', async () => {
    const path = join(scratchFolder(), 'deep', '.mayfly', 'store.db')
    await using store = await openRunStore({ path })
    expect(store.path).toBe(path)
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(dirname(path), '.gitignore'), 'utf8')).toBe('*\n')
  })

  test('does not hide somebody else’s folder from git', async () => {
    const folder = scratchFolder()
    writeFileSync(join(folder, 'package.json'), '{}')
    await using _store = await openRunStore({ path: join(folder, 'store.db') })
    expect(existsSync(join(folder, '.gitignore'))).toBe(false)
  })

  test('is idempotent: a second opening finds what the first left and changes no schema', async () => {
    const path = await closedStore()
    const schema = (): unknown => {
      using connection = new DatabaseSync(path, { timeout: 5000 })
      return connection.prepare('SELECT sql FROM sqlite_schema ORDER BY name').all()
    }
    const before = schema()
    await using store = await openRunStore({ path })
    expect(await store.getRun('run-0')).toMatchObject({ runId: 'run-0' })
    expect(schema()).toEqual(before)
  })

  test('adopts an empty file', async () => {
    const path = join(scratchFolder(), 'store.db')
    writeFileSync(path, '')
    await using store = await openRunStore({ path })
    expect(await store.listRuns()).toEqual([])
  })

  test('gives every opening a boot id of its own', async () => {
    const path = await closedStore()
    await using one = await openRunStore({ path })
    await using other = await openRunStore({ path })
    expect(one.bootId).not.toBe(other.bootId)
  })

  test.each([1, 2])('brings a store of version %i up to date and keeps what it holds', async (version) => {
    const path = join(scratchFolder(), 'store.db')
    execute(path, migrations.slice(0, version).join(';'))
    execute(path, olderContent)
    execute(path, `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version}`)
    await using store = await openRunStore({ path })
    expect(await store.listRuns()).toMatchObject([{ runId: 'run-2' }, { runId: 'run-1', cancelRequestedAt: null }])
    expect((await store.stats()).worker).toMatchObject({
      count: 1,
      completed: 1,
      averageMs: 70,
      p95Ms: 70,
      peakHeapMb: 99,
    })
    expect((await store.stats()).workerSpawns).toMatchObject({ attempted: 1, succeeded: 1 })
    await store.saveSession(
      aSession({ runId: 'run-1', sessionId: 'new', createdAt: 30, peakRssMb: 80, stoppedInMs: 5 }),
    )
    expect(await store.listSessions('run-1')).toMatchObject([{ peakHeapMb: 99 }, { peakRssMb: 80, stoppedInMs: 5 }])
    expect((await store.recoverLost()).interrupted).toMatchObject([{ runId: 'run-2' }])
  })

  test('refuses options that make no sense', async () => {
    expect(await rejection(openRunStore({ path: '' }))).toMatchObject({ code: 'STORE_INPUT_INVALID' })
    expect(await rejection(openRunStore({ path: 'x', busyTimeoutMs: -1 }))).toMatchObject({
      code: 'STORE_INPUT_INVALID',
      message: 'Option busyTimeoutMs: expected whole milliseconds, at least 0, got -1.',
    })
  })

  test('leaves nothing beside the file after closing', async () => {
    expect(footprint(await closedStore()).names).toEqual(['.gitignore', 'store.db'])
  })
})

describe('a file that is refused stays as it was', () => {
  test('when a newer version wrote it', async () => {
    const path = await closedStore()
    execute(path, `PRAGMA user_version = ${SCHEMA_VERSION + 1}`)
    await expectRefusal(path, 'STORE_NEWER_VERSION')
    await expectRefusal(path, 'STORE_NEWER_VERSION', true)
  })

  test('when a newer version crashed and left its log behind', async () => {
    const path = await closedStore()
    const holder = await forkStoreProcess(path, 'hold', 'held')
    execute(path, `PRAGMA user_version = ${SCHEMA_VERSION + 1}`)
    await killHard(holder.child)
    expect(footprint(path).names).toContain('store.db-wal')
    const log = readFileSync(`${path}-wal`)
    await expectRefusal(path, 'STORE_NEWER_VERSION')
    expect(readFileSync(`${path}-wal`).equals(log)).toBe(true)
  })

  test('when it is no database', async () => {
    const path = join(scratchFolder(), 'store.db')
    for (const content of ['hello', 'hello '.repeat(5000)]) {
      writeFileSync(path, content)
      await expectRefusal(path, 'STORE_NOT_A_DATABASE')
    }
  })

  test('when it is the database of another program', async () => {
    const path = join(scratchFolder(), 'store.db')
    execute(path, 'CREATE TABLE bookmarks (address TEXT)')
    await expectRefusal(path, 'STORE_NOT_A_DATABASE')
  })

  test('when a page in the middle was overwritten', async () => {
    const path = await closedStore(50)
    const bytes = readFileSync(path)
    // Far behind the schema and the tables that opening writes to: only a check of the whole file sees it.
    bytes.fill(0xa5, 50 * 4096, 51 * 4096)
    writeFileSync(path, bytes)
    await expectRefusal(path, 'STORE_CORRUPT')
  })

  test('when a page was overwritten and a crash left the log behind', async () => {
    const path = await closedStore(50)
    await killHard((await forkStoreProcess(path, 'hold', 'held')).child)
    const bytes = readFileSync(path)
    bytes.fill(0xa5, 50 * 4096, 51 * 4096)
    writeFileSync(path, bytes)
    const log = readFileSync(`${path}-wal`)
    await expectRefusal(path, 'STORE_CORRUPT')
    expect(readFileSync(`${path}-wal`).equals(log)).toBe(true)
  })

  test('when its end is missing', async () => {
    const path = await closedStore(50)
    truncateSync(path, 10 * 4096)
    await expectRefusal(path, 'STORE_CORRUPT')
  })

  test('when another process keeps it locked', async () => {
    const path = await closedStore()
    const holder = await forkStoreProcess(path, 'lock')
    expect(await rejection(openRunStore({ path, busyTimeoutMs: 20 }))).toMatchObject({
      code: 'STORE_LOCKED',
      message: expect.stringContaining('expected it free within 20 ms'),
    })
    await killHard(holder.child)
    await using store = await openRunStore({ path })
    expect(await store.listRuns()).toHaveLength(1)
  })

  test('when its user may not write it', async () => {
    const path = await closedStore()
    chmodSync(dirname(path), 0o755)
    chmodSync(path, 0o444)
    const before = footprint(path)
    expect((await forkStoreProcess(path, 'refuse')).report).toBe('STORE_UNWRITABLE')
    expect(footprint(path)).toEqual(before)
  })

  test('when its folder cannot be made, or a folder has its name', async () => {
    const folder = scratchFolder()
    writeFileSync(join(folder, 'file'), 'in the way')
    mkdirSync(join(folder, 'store.db'))
    for (const path of [join(folder, 'file', 'store.db'), join(folder, 'store.db')])
      expect(await rejection(openRunStore({ path }))).toMatchObject({ code: 'STORE_UNWRITABLE', path })
  })
})

test('damage in a store too large to be checked when opened shows when it is read', async () => {
  const path = await closedStore()
  const store = await openRunStore({ path })
  for (let index = 0; index < 5; index++)
    await store.createRun({ runId: `large-${index}`, prompt: 'x'.repeat(1024 * 1024), cwd: '/' })
  await store.close()
  const bytes = readFileSync(path)
  bytes.fill(0xa5, 2 * 1024 * 1024, 2 * 1024 * 1024 + 4096)
  writeFileSync(path, bytes)

  await using damaged = await openRunStore({ path })
  expect(await rejection(damaged.listRuns())).toMatchObject({ code: 'STORE_CORRUPT', path })
  expect(await damaged.getRun('run-0')).toMatchObject({ runId: 'run-0' })
})

describe('opening for reading', () => {
  test('reads, refuses to write, and leaves no trace', async () => {
    const path = await closedStore()
    const before = footprint(path)
    const store = await openRunStore({ path, readOnly: true })
    expect(await store.listRuns()).toHaveLength(1)
    expect(await rejection(store.createRun({ runId: 'new', prompt: '', cwd: '/' }))).toMatchObject({
      code: 'STORE_UNWRITABLE',
    })
    expect(store.interruptOwn('stop')).toEqual([])
    await store.close()
    expect(footprint(path)).toEqual(before)
  })

  test('does not create a store', async () => {
    const path = join(scratchFolder(), 'store.db')
    expect(await rejection(openRunStore({ path, readOnly: true }))).toMatchObject({ code: 'STORE_NOT_FOUND' })
    expect(existsSync(path)).toBe(false)
  })

  test('does not bring an older store up to date', async () => {
    const path = join(scratchFolder(), 'store.db')
    writeFileSync(path, '')
    await expectRefusal(path, 'STORE_OLDER_VERSION', true)
  })
})

describe('importing the package', () => {
  test('loads no SQLite, and opening a store does not warn of it', () => {
    const program = `
      const { openRunStore } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url))})
      const isLoaded = () => process.moduleLoadList.includes('NativeModule sqlite')
      const before = isLoaded()
      const store = await openRunStore({ path: process.argv[1] })
      process.stdout.write(JSON.stringify([before, isLoaded()]))`
    const args = ['--input-type=module', '--eval', program, join(scratchFolder(), 'store.db')]
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect(stdout).toBe('[false,true]')
    expect(stderr).not.toContain('SQLite')
  })
})
