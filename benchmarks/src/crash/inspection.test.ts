import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { createOrchestrator } from '@mayfly/orchestrator-entry'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { inspect } from './inspection.ts'
import type { LedgerEntry } from './ledger.ts'

/* A real run, and then what the campaign must not overlook, made by hand. */

const agent = fileURLToPath(new URL('./workload-agent.mjs', import.meta.url))
const work = { pieces: 1, pieceMs: 1, artifacts: 2, bytes: 100, child: false }
const entry: LedgerEntry = {
  ...{ runId: 'it', work, repeatable: true, isolation: 'thread', by: 'library', killAfterMs: null, accepted: 'yes' },
}

let cwd: string

beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'mayfly-inspection-'))
  mkdirSync(join(cwd, '.git'))
  await using orchestrator = createOrchestrator({ cwd, environment: {}, agent, mode: 'legacy' })
  await orchestrator.processUserPrompt(JSON.stringify(work), { runId: 'it' })
})

afterEach(() => rmSync(cwd, { recursive: true }))

const look = (ledger: readonly LedgerEntry[] = [entry]): string[] => {
  const folder = join(cwd, '.mayfly')
  return inspect({ file: join(folder, 'mayfly.db'), artifactFolder: join(folder, 'artifacts'), ledger, isQuiet: true })
}

const change = (sql: string): void => {
  const database = new DatabaseSync(join(cwd, '.mayfly', 'mayfly.db'))
  database.exec(sql)
  database.close()
}

const artifact = (): string => join(cwd, '.mayfly', 'artifacts', 'it', 'piece-0.txt')

test('a store in which all is well has no violation', () => {
  expect(look()).toEqual([])
})

test.each<[string, () => void, RegExp]>([
  [
    'a run that is gone',
    () => change("PRAGMA foreign_keys = ON; DELETE FROM runs WHERE run_id = 'it'"),
    /not in the store/,
  ],
  [
    'a session that completed a second time',
    () =>
      change(
        `CREATE TEMP TABLE twice AS SELECT * FROM sessions; UPDATE twice SET session_id = 'again', attempt = 2, sequence = sequence + 1;
         INSERT INTO sessions SELECT * FROM twice`,
      ),
    /completed 2 times/,
  ],
  ['a run without its step', () => change("UPDATE steps SET status = 'running'"), /not its steps/],
  ['a run that has not ended', () => change("UPDATE runs SET status = 'interrupted'"), /is interrupted/],
  ['a session that has not ended', () => change("UPDATE sessions SET status = 'running'"), /still running/],
  ['an artifact that was changed', () => writeFileSync(artifact(), 'other'), /not what its record says/],
  ['an artifact that is gone', () => rmSync(artifact()), /on record and not at/],
  ['an artifact without a record', () => writeFileSync(`${artifact()}.stray`, ''), /has no record/],
  [
    'an artifact whose record is gone',
    () => change("DELETE FROM artifacts WHERE name = 'piece-0.txt'"),
    /1 of 2 artifacts/,
  ],
])('%s is seen', (_title, spoil, problem) => {
  spoil()
  expect(look().join('\n')).toMatch(problem)
})

test('a run whose submission was cut short may be there or not, but if it is there it has to end', () => {
  expect(look([entry, { ...entry, runId: 'cut-short', accepted: 'unknown' }])).toEqual([])
  change("UPDATE runs SET status = 'failed'")
  expect(look([{ ...entry, accepted: 'unknown' }]).join('\n')).toMatch(/it is failed/)
})
