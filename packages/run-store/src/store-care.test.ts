import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { forkStoreProcess, killHard } from './fixtures/fork-store-process.ts'
import { aClaim, anAcceptedRun, anArtifact, anAttemptEnd } from './fixtures/records.ts'
import { footprint, rejection, scratchFolder, scratchStore } from './fixtures/scratch.ts'
import { loadSqlite } from './load-sqlite.ts'
import { openRunStore } from './open-run-store.ts'
import type { RunStatus } from './run-record.ts'
import type { RunStore } from './run-store.ts'
import type { Finding, FindingCode } from './store-care.ts'

const { DatabaseSync } = loadSqlite()

/** A store whose clock stands at 10,000, with one run for each status, ended at 1,000. */
async function storeOf(...statuses: readonly RunStatus[]): Promise<RunStore> {
  const store = await scratchStore(() => 10_000)
  for (const status of statuses)
    await store.createRun({ runId: status, prompt: 'x'.repeat(50_000), cwd: '/', status, endedAt: 1000 })
  return store
}

async function idsIn(store: RunStore): Promise<readonly string[]> {
  return (await store.listRuns()).map(({ runId }) => runId).sort()
}

function findingOf(findings: readonly Finding[], code: FindingCode): Finding | undefined {
  return findings.find((finding) => finding.code === code)
}

describe('gc', () => {
  test('deletes runs that ended long ago with all that belongs to them, and names their files', async () => {
    const store = await storeOf('completed')
    const { runId: _run, step: _step, ...artifact } = anArtifact({ path: '/artifacts/old/plan.md' })
    await store.accept(anAcceptedRun({ runId: 'old', claim: aClaim({ sessionId: 's' }) }))
    const attempt = { runId: 'old', step: 0, attempt: 1, sessionId: 's' }
    await store.saveCheckpoint(attempt, new Uint8Array(10))
    const event = { runId: 'old', sessionId: 's', type: 'log', data: null }
    const end = anAttemptEnd({ session: { status: 'failed', endedAt: 2000 }, step: { status: 'failed' } })
    await store.settle(attempt, { ...end, artifacts: [artifact], events: [event] })

    const report = await store.gc({ keepMs: 8000 })
    expect(report).toMatchObject({ runs: ['completed'], artifacts: [] })
    expect(await store.gc({ keepMs: 7999 })).toMatchObject({
      runs: ['old'],
      artifacts: [{ runId: 'old', step: 0, path: artifact.path }],
    })
    for (const rows of [await store.listRuns(), await store.listQueue(), await store.listSessions()])
      expect(rows).toEqual([])
    expect(await store.listEvents('old')).toEqual([])
    expect(findingOf(await store.check(), 'integrity')).toMatchObject({ level: 'ok' })
  })

  test('never touches runs that have not ended, nor, unless told to, interrupted ones', async () => {
    const statuses = ['queued', 'running', 'waiting', 'interrupted', 'completed', 'failed', 'cancelled'] as const
    const store = await storeOf(...statuses)
    await store.accept(anAcceptedRun({ runId: 'accepted', createdAt: 1 }))
    await store.gc({ keepMs: 0 })
    expect(await idsIn(store)).toEqual(['accepted', 'interrupted', 'queued', 'running', 'waiting'])
    await store.gc({ keepMs: 0, interrupted: true })
    expect(await idsIn(store)).toEqual(['accepted', 'queued', 'running', 'waiting'])
  })

  test('keeps the newest events of runs that ended a while ago', async () => {
    const store = await storeOf('completed', 'running')
    for (const runId of ['completed', 'running'])
      for (let data = 0; data < 10; data++) await store.appendEvent({ runId, sessionId: null, type: 'log', data })
    const { events } = await store.gc({ keepMs: 20_000, thinAfterMs: 5000, eventsPerRun: 3 })
    expect(events).toBe(7)
    expect((await store.listEvents('completed')).map(({ data }) => data)).toEqual([7, 8, 9])
    expect(await store.listEvents('running')).toHaveLength(10)
  })

  test('gives the space back, also in a store of an earlier release', async () => {
    const path = join(scratchFolder(), 'store.db')
    {
      // As earlier releases made it: pages that fall free stay in the file.
      using connection = new DatabaseSync(path, { timeout: 5000 })
      connection.exec('PRAGMA auto_vacuum = NONE; CREATE TABLE gone (x); DROP TABLE gone')
    }
    for (const older of [path, join(scratchFolder(), 'store.db')]) {
      await using store = await openRunStore({ path: older, now: () => 10_000 })
      for (let index = 0; index < 40; index++) {
        const runId = `run-${index}`
        await store.createRun({ runId, prompt: 'x'.repeat(50_000), cwd: '/', status: 'completed', endedAt: 1000 })
      }
      const { runs, bytesBefore, bytesAfter } = await store.gc({ keepMs: 0 })
      expect(runs).toHaveLength(40)
      expect(bytesBefore).toBeGreaterThan(2_000_000)
      expect(bytesAfter).toBeLessThan(400_000)
      expect(statSync(`${older}-wal`).size).toBe(0)
    }
  })

  test('refuses times that make no sense', async () => {
    const store = await storeOf()
    for (const keepMs of [-1, Number.NaN, '30d' as never])
      expect(await rejection(store.gc({ keepMs }))).toMatchObject({ code: 'STORE_INPUT_INVALID' })
  })
})

describe('a backup', () => {
  test('is a whole store, private, and opens like any other', async () => {
    const store = await storeOf('completed', 'running')
    const file = join(scratchFolder(), 'backup.db')
    await store.backup(file)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await using copy = await openRunStore({ path: file })
    expect(await copy.listRuns()).toEqual(await store.listRuns())
    expect(await copy.stats()).toEqual(await store.stats())
  })

  test('is consistent while others write', async () => {
    const path = join(scratchFolder(), 'store.db')
    const writer = await forkStoreProcess(path, 'accept', 'run')
    await using store = await openRunStore({ path })
    for (let count = 0; count < 5; count++) {
      const file = join(scratchFolder(), 'backup.db')
      await store.backup(file)
      await using copy = await openRunStore({ path: file, readOnly: true })
      const runs = await copy.listRuns({ limit: 100_000 })
      // Each run was accepted after the one before: a copy without gaps is one of a single moment.
      const numbers = runs.map(({ runId }) => Number(runId.slice(4))).sort((one, two) => one - two)
      expect(numbers).toEqual(numbers.map((_, index) => index))
      expect((await copy.stats()).total.count).toBe(runs.length)
      expect((await copy.check()).filter(({ level }) => level === 'error')).toEqual([])
    }
    await killHard(writer.child)
  })

  test('overwrites nothing, and leaves nothing behind when it fails', async () => {
    const store = await storeOf('completed')
    const folder = scratchFolder()
    const file = join(folder, 'mine.txt')
    writeFileSync(file, 'mine')
    const before = footprint(file)
    expect(await rejection(store.backup(file))).toMatchObject({ code: 'BACKUP_EXISTS', path: file })
    expect(await rejection(store.backup(store.path))).toMatchObject({ code: 'BACKUP_EXISTS' })
    expect(footprint(file)).toEqual(before)
    expect(await rejection(store.backup(join(folder, 'none', 'x')))).toMatchObject({ code: 'STORE_UNWRITABLE' })
    expect(readdirSync(folder)).toEqual(['mine.txt'])
  })
})

describe('a check', () => {
  test('finds nothing to do in a store that is well', async () => {
    const store = await storeOf('completed', 'running')
    const findings = await store.check({ artifactFolder: scratchFolder() })
    expect(findings.map(({ code }) => code)).toEqual([
      ...['integrity', 'version', 'rollups', 'orphans', 'artifacts', 'leases', 'queue', 'limits', 'size', 'disk'],
    ])
    for (const { code, level, advice } of findings) {
      if (code === 'disk') continue
      expect({ code, level, advice }).toEqual({ code, level: 'ok', advice: null })
    }
  })

  test('changes nothing', async () => {
    const store = await storeOf('completed')
    await store.close()
    const before = footprint(store.path)
    await using reader = await openRunStore({ path: store.path, readOnly: true })
    await reader.check({ artifactFolder: '/nowhere' })
    await reader.close()
    expect(footprint(store.path)).toEqual(before)
  })

  test.each<[FindingCode, Finding['level'], string]>([
    ['rollups', 'error', 'UPDATE run_counts SET count = count + 1'],
    ['rollups', 'error', 'DELETE FROM duration_counts'],
    ['integrity', 'error', "PRAGMA foreign_keys = OFF; UPDATE sessions SET run_id = 'nobody'"],
    ['orphans', 'error', "UPDATE hosts SET state = 'closed'"],
    ['leases', 'warning', 'UPDATE hosts SET pid = 2147483647, process_started = NULL'],
    ['leases', 'warning', 'UPDATE hosts SET lease_until = 1'],
    ['queue', 'error', 'UPDATE limits SET memory_mb = 10'],
    ['queue', 'warning', 'UPDATE queue SET deadline_at = 1'],
    ['limits', 'warning', 'UPDATE limits SET workers = 0'],
    ['version', 'error', 'PRAGMA user_version = 99'],
  ])('of %s finds, as %s, and says what to do: %s', async (code, level, change) => {
    const store = await scratchStore(() => 10_000)
    const ended = { status: 'completed', startedAt: 1, endedAt: 2 } as const
    await store.createRun({ runId: 'done', prompt: '', cwd: '/', ...ended })
    await store.accept(anAcceptedRun({ runId: 'one', claim: aClaim() }))
    await store.accept(anAcceptedRun({ runId: 'two' }, { memoryMb: 500 }))
    using connection = new DatabaseSync(store.path, { timeout: 5000 })
    connection.exec(change)
    const finding = findingOf(await store.check(), code)
    expect(finding).toMatchObject({ level, advice: expect.any(String) })
    expect(finding?.message).not.toContain('\n')
  })

  test('finds artifacts without a file, and sweeps files without a record', async () => {
    const store = await scratchStore(() => 10_000)
    const artifactFolder = scratchFolder()
    for (const run of ['run-1', 'run-2', 'unknown']) mkdirSync(join(artifactFolder, run, 'deep'), { recursive: true })
    const file = (run: string, name: string): string => {
      const path = join(artifactFolder, run, name)
      writeFileSync(path, 'twelve bytes')
      return path
    }
    const kept = file('run-1', 'plan.md')
    const temporary = file('run-1', 'plan.md.0123456789ab.tmp')
    const unrecorded = [file('run-1', 'deep/loose.txt'), file('unknown', 'x.tmp')]
    const atWork = file('run-2', 'being-written.md.0123456789ab.tmp')
    symlinkSync(scratchFolder(), join(artifactFolder, 'unknown', 'link'))
    await store.accept(anAcceptedRun({ runId: 'run-2', claim: aClaim() }))
    const { claim } = await store.accept(anAcceptedRun({ claim: aClaim() }))
    const artifact = { name: 'plan.md', path: kept, size: 12, sha256: 'ab', createdAt: 1 }
    if (claim) await store.settle(claim, anAttemptEnd({ artifacts: [artifact] }))

    expect(findingOf(await store.check({ artifactFolder }), 'artifacts')).toMatchObject({ level: 'warning' })
    const found = await store.sweepArtifacts({ artifactFolder })
    expect(found.temporary).toEqual([temporary])
    expect([...found.unrecorded].sort()).toEqual([...unrecorded, join(artifactFolder, 'unknown', 'link')].sort())
    expect(existsSync(temporary)).toBe(true)
    expect(await store.sweepArtifacts({ artifactFolder, remove: true })).toEqual(found)
    expect(await store.sweepArtifacts({ artifactFolder })).toEqual({ temporary: [], unrecorded: [] })
    expect([existsSync(kept), existsSync(atWork)]).toEqual([true, true])
    expect(findingOf(await store.check({ artifactFolder }), 'artifacts')).toMatchObject({ level: 'ok' })
    rmSync(kept)
    expect(findingOf(await store.check({ artifactFolder }), 'artifacts')).toMatchObject({ level: 'error' })
  })
})

/** A file system of 1 MB; `undefined` where this user may not make one. */
function tinyDisk(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined
  const folder = mkdtempSync(join(scratchFolder(), 'disk-'))
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder])
  if (status !== 0) return undefined
  onTestFinished(() => void spawnSync('umount', ['-l', folder]))
  return folder
}

test('a full disk is said to be full, loses nothing that was accepted, and is written again when there is room', async (context) => {
  const folder = tinyDisk()
  if (folder === undefined) return context.skip('Only root may mount a small file system')
  const path = join(folder, 'store.db')
  const store = await openRunStore({ path })
  onTestFinished(() => store.closeSync())
  const accepted: string[] = []
  let refusal: unknown
  for (let index = 0; refusal === undefined; index++) {
    const run = anAcceptedRun({ runId: `run-${index}`, prompt: 'x'.repeat(20_000) })
    refusal = await rejection(store.accept(run).then(() => accepted.push(run.runId)))
  }
  expect(refusal).toMatchObject({ code: 'STORE_UNWRITABLE', path })
  expect(accepted.length).toBeGreaterThan(5)
  expect(await idsIn(store)).toEqual([...accepted].sort())
  expect(await rejection(store.backup(join(folder, 'backup.db')))).toMatchObject({ code: 'STORE_UNWRITABLE' })
  expect(readdirSync(folder).filter((name) => name.startsWith('backup'))).toEqual([])
  expect(findingOf(await store.check(), 'disk')).toMatchObject({ level: 'error' })
  expect(findingOf(await store.check(), 'integrity')).toMatchObject({ level: 'ok' })

  spawnSync('mount', ['-o', 'remount,size=8m', folder])
  await store.accept(anAcceptedRun({ runId: 'later' }))
  expect(await idsIn(store)).toEqual(['later', ...accepted].sort())
})
