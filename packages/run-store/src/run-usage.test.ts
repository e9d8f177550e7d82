import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aSession } from './fixtures/records.ts'
import { counter, scratchFolder } from './fixtures/scratch.ts'
import { loadSqlite } from './load-sqlite.ts'
import { openRunStore } from './open-run-store.ts'
import type { SessionRecord } from './session-record.ts'

const { DatabaseSync } = loadSqlite()

const ended = "status NOT IN ('queued', 'running')"
const fromSessions = `SELECT count(*) AS attempts,
    coalesce(sum(input_tokens), 0) AS inputTokens,
    coalesce(sum(cached_tokens), 0) AS cachedTokens,
    coalesce(sum(output_tokens), 0) AS outputTokens,
    coalesce(sum(cost_usd), 0) AS costUsd,
    count(*) FILTER (WHERE ${ended} AND input_tokens IS NULL AND output_tokens IS NULL) AS unreportedTokens,
    count(*) FILTER (WHERE ${ended} AND cost_usd IS NULL) AS unreportedCost
  FROM sessions WHERE run_id = 'run-1'`

const tokens = fc.option(fc.nat({ max: 1e9 }))
const costs = fc.option(
  fc.oneof(fc.constantFrom(0, 0.1, 0.7, 1e-9, 1e12), fc.double({ min: 0, max: 100, noNaN: true })),
)
const sessions: fc.Arbitrary<SessionRecord> = fc
  .record({
    sessionId: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    status: fc.constantFrom('running', 'running', 'completed', 'failed', 'lost'),
    inputTokens: tokens,
    cachedTokens: tokens,
    outputTokens: tokens,
    costUsd: costs,
  })
  .map((changes) => aSession(changes as Partial<SessionRecord>))

test('what a run has used is what its sessions have, whatever becomes of them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(sessions, { maxLength: 12 }), async (saved) => {
      const path = join(scratchFolder(), 'store.db')
      await using store = await openRunStore({ path, now: counter() })
      await store.createRun({ runId: 'run-1', prompt: 'x', cwd: '/' })
      using connection = new DatabaseSync(path)
      for (const session of saved) {
        // A session that was taken for lost is not written any more.
        await store.saveSession(session).catch((error: { code?: string }) => expect(error.code).toBe('STORE_FENCED'))
        const { costUsd, unattendedMs: _unattendedMs, ...whole } = await store.usageOf('run-1')
        const { costUsd: cost, ...counted } = { ...connection.prepare(fromSessions).get() }
        expect(whole).toEqual(counted)
        expect(Math.abs(costUsd - Number(cost))).toBeLessThanOrEqual(1e-15 * Math.max(1, Number(cost)))
      }
      const wrong = (await store.check()).filter(({ code, level }) => code === 'rollups' && level === 'error')
      expect(wrong).toEqual([])
    }),
    { numRuns: 100 },
  )
})

test('of ten costs of 0.1 the sum is 1, as SQLite adds them up', async () => {
  const path = join(scratchFolder(), 'store.db')
  await using store = await openRunStore({ path, now: counter() })
  await store.createRun({ runId: 'run-1', prompt: 'x', cwd: '/' })
  for (let session = 1; session <= 10; session++) {
    const sessionId = `session-${session}`
    for (const status of ['running', 'completed'] as const)
      await store.saveSession(aSession({ sessionId, status, costUsd: 0.1 }))
  }
  // Added up one by one they come to 0.9999999999999999.
  expect((await store.usageOf('run-1')).costUsd).toBe(1)
})
