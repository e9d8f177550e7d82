import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aClaim, anAttemptEnd } from './fixtures/records.ts'
import { rejection, scratchFolder } from './fixtures/scratch.ts'
import { loadSqlite } from './load-sqlite.ts'
import { openRunStore } from './open-run-store.ts'
import { APPLICATION_ID, migrations, SCHEMA_VERSION } from './sql/migrations.ts'

const { DatabaseSync } = loadSqlite()

/** A store of version 3 with rows in every table, written as that release wrote them. */
function oldStore(more: string = ''): string {
  const path = join(scratchFolder(), 'store.db')
  using connection = new DatabaseSync(path)
  connection.exec(migrations.slice(0, 3).join(';'))
  connection.exec(content)
  connection.exec(more)
  connection.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 3`)
  return path
}

const content = `
  INSERT INTO hosts (boot_id, pid, opened_at) VALUES ('gone', 2147483647, 1);
  INSERT INTO runs (run_id, prompt, cwd, status, execution_mode, boot_id, created_at, started_at, ended_at, request)
    VALUES ('done', '"do"', '/', 'completed', 'worker', 'gone', 10, 20, 90, '{"mode":"worker"}'),
      ('works', '"do"', '/', 'running', 'worker', 'gone', 11, 21, NULL, '{"mode":"worker"}'),
      ('waits', '"do"', '/', 'waiting', NULL, 'gone', 12, 22, NULL, NULL),
      ('queued', '"do"', '/', 'queued', NULL, 'gone', 13, NULL, NULL, '[1]');
  INSERT INTO steps (run_id, step, name, agent, status, started_at, ended_at, result, error)
    VALUES ('done', 0, 'plan', 'planner', 'completed', 20, 30, '{"summary":"é"}', NULL),
      ('done', 1, 'build', 'builder', 'completed', 30, 90, '"built"', NULL),
      ('works', 0, 'plan', 'planner', 'running', 21, NULL, NULL, '{"name":"E","message":"m","code":null}'),
      ('waits', 0, 'plan', 'planner', 'waiting', 22, 32, 'null', NULL),
      ('queued', 0, 'plan', 'planner', 'queued', NULL, NULL, NULL, NULL);
  INSERT INTO sessions (session_id, run_id, step, attempt, isolation, status, cause, peak_heap_mb, boot_id, created_at, ended_at)
    VALUES ('s-1', 'done', 0, 1, 'thread', 'completed', 'result', 99, 'gone', 20, 30),
      ('s-2', 'works', 0, 2, 'process', 'running', NULL, NULL, 'gone', 21, NULL),
      ('alone', NULL, NULL, 1, 'thread', 'failed', 'error', 7, 'gone', 1, 2);
  INSERT INTO events (run_id, session_id, at, type, data) VALUES ('done', 's-1', 25, 'log', '"line"'), (NULL, 'alone', 1, 'log', '1');
  INSERT INTO artifacts VALUES ('done', 0, 'plan.md', 'done/plan.md', 12, 'ab', 30), ('works', 0, 'x.md', 'works/x.md', 1, 'cd', 31);
  INSERT INTO observations (workflow, step, agent, execution_mode, status, duration_ms, peak_heap_mb, at, run_id)
    VALUES ('feature', 0, 'planner', 'worker', 'completed', 10, 99, 30, 'done');
  INSERT INTO queue (run_id, step, state, priority, not_before, repeatable, attempt, max_attempts, memory_mb, concurrency_key, held_by, session_id, committed_mb)
    VALUES ('queued', 0, 'queued', 1, 0, 1, 0, 3, 600, 'k', NULL, NULL, 0),
      ('works', 0, 'claimed', 0, 5, 1, 2, 4, NULL, NULL, 'gone', 's-2', 640),
      ('waits', 0, 'ended', 0, 0, 0, 1, 1, NULL, NULL, NULL, 's-0', 0),
      ('done', 0, 'ended', 0, 0, 0, 1, 1, NULL, NULL, NULL, 's-1', 0),
      ('done', 1, 'ended', 0, 0, 0, 1, 1, NULL, NULL, NULL, 's-1', 0);
  INSERT INTO checkpoints VALUES ('works', 0, 1, 22, x'0007ff'), ('waits', 0, 1, 23, x'01');
  INSERT INTO children VALUES ('s-2', 2147483646, 5, 1);
  UPDATE limits SET workers = 4, memory_mb = 8000, per_key = 2;`

type Rows = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>

/** Every row of every table, as text, with the columns that the tables then had. */
function dump(path: string, columns?: Rows): Rows {
  using connection = new DatabaseSync(path)
  const tables = connection
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all()
  const names = tables.map(({ name }) => String(name)).filter((name) => columns === undefined || name in columns)
  return Object.fromEntries(
    names.map((name) => {
      const rows = connection.prepare(`SELECT * FROM ${name}`).all()
      const kept = Object.keys(columns?.[name]?.[0] ?? rows[0] ?? {})
      const shown = rows.map((row) => Object.fromEntries(kept.map((column) => [column, row[column]])))
      return [name, shown.toSorted((one, two) => (JSON.stringify(one) < JSON.stringify(two) ? -1 : 1))]
    }),
  )
}

async function migrated(path: string): Promise<void> {
  await using store = await openRunStore({ path })
  expect(await store.getLimits()).toMatchObject({ workers: 4 })
}

describe('a store of version 3 that is brought up to date', () => {
  test('loses no row of any table, and no value', async () => {
    const path = oldStore()
    const before = dump(path)
    expect(Object.values(before).every((rows) => rows.length > 0)).toBe(true)
    await migrated(path)
    const after = dump(path, before)
    // Of the process that opened it nothing is left, as it owned nothing.
    expect(after).toEqual({ ...before, runs: before['runs']?.map((run) => ({ ...run, request: undefined })) })
    // What was asked for has a table of its own by now.
    const requests = before['runs']?.flatMap(({ run_id, request }) => (request === null ? [] : [{ run_id, request }]))
    expect(requests).toHaveLength(3)
    expect(dump(path)['run_requests']).toEqual(expect.arrayContaining(requests ?? []))
  })

  test('keeps attempts, checkpoints and results where their steps are', async () => {
    await using store = await openRunStore({ path: oldStore() })
    const planned = { number: 0, round: 0, executionMode: null, reason: null, feedback: null }
    expect(await store.listSteps('done')).toMatchObject([
      { ...planned, result: { summary: 'é' } },
      { ...planned, step: 1, number: 1, result: 'built' },
    ])
    expect((await store.recoverLost()).requeued).toMatchObject([{ runId: 'works', step: 0 }])
    const { claim } = await store.claim(aClaim({ runId: 'works' }))
    expect(claim).toMatchObject({
      ...{ attempt: 3, maxAttempts: 4, task: null, request: { mode: 'worker' } },
      checkpoint: { attempt: 1, data: new Uint8Array([0, 7, 255]) },
    })
    if (claim !== null) await store.settle(claim, anAttemptEnd())
    expect(await store.getRun('works')).toMatchObject({ status: 'completed', workspace: null })
    expect(await store.getRun('waits')).toMatchObject({ status: 'waiting' })
    expect((await store.listSessions('done'))[0]).toMatchObject({ inputTokens: null, costUsd: null, model: null })
  })

  test('is sound, and what belongs together still goes together', async () => {
    const path = oldStore()
    await using store = await openRunStore({ path })
    await store.recoverLost()
    const wrong = (await store.check()).filter(({ level, code }) => level === 'error' && code !== 'disk')
    expect(wrong).toEqual([])
    await store.requestCancel('waits', 'x')
    expect((await store.gc({ keepMs: 0 })).runs.toSorted()).toEqual(['done', 'waits'])
    const left = dump(path)
    for (const table of ['steps', 'queue', 'checkpoints', 'events', 'artifacts', 'observations'])
      expect(left[table]?.filter((row) => ['done', 'waits'].includes(String(row['run_id'])))).toEqual([])
    expect(left['checkpoints']).toHaveLength(1)
  })

  test('stays as it was when a row in it refers to one that is not there', async () => {
    const path = oldStore(`PRAGMA foreign_keys = OFF; DELETE FROM steps WHERE run_id = 'works'`)
    const before = dump(path)
    expect(await rejection(openRunStore({ path }))).toMatchObject({ code: 'STORE_CORRUPT' })
    expect(dump(path)).toEqual(before)
    using connection = new DatabaseSync(path)
    expect(connection.prepare('PRAGMA user_version').get()).toEqual({ user_version: 3 })
    expect(SCHEMA_VERSION).toBeGreaterThan(3)
  })
})
