import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { LedgerEntry } from './ledger.ts'

/* What must hold, looked at from outside: SQL of its own, the files themselves, the driver's own ledger. */

export interface Inspected {
  readonly file: string
  readonly artifactFolder: string
  readonly ledger: readonly LedgerEntry[]
  /** Everything has been given the time to end. */
  readonly isQuiet: boolean
}

/** One line for each violation. */
export const inspect = ({ file, artifactFolder, ledger, isQuiet }: Inspected): string[] => {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 10_000 })
  try {
    const problems = [
      ...integrity(database),
      ...missing(database, ledger),
      ...finishedTwice(database),
      ...halfWritten(database),
      ...brokenArtifacts(database),
    ]
    return isQuiet ? [...problems, ...unfinished(database, ledger), ...unrecorded(database, artifactFolder)] : problems
  } finally {
    database.close()
  }
}

type Row = Readonly<Record<string, unknown>>

const rows = (database: DatabaseSync, sql: string): Row[] => database.prepare(sql).all() as Row[]

export const integrity = (database: DatabaseSync): string[] => {
  const pages = rows(database, 'PRAGMA integrity_check').map((row) => String(row['integrity_check']))
  const references = rows(database, 'PRAGMA foreign_key_check')
  return [
    ...(pages.length === 1 && pages[0] === 'ok' ? [] : [`integrity_check: ${pages.join('; ')}`]),
    ...(references.length === 0 ? [] : [`foreign_key_check: ${JSON.stringify(references)}`]),
  ]
}

const missing = (database: DatabaseSync, ledger: readonly LedgerEntry[]): string[] => {
  const stored = new Set(rows(database, 'SELECT run_id FROM runs').map((row) => row['run_id']))
  return ledger
    .filter(({ runId, accepted }) => accepted === 'yes' && !stored.has(runId))
    .map(({ runId }) => `run ${runId} was accepted and is not in the store`)
}

const finishedTwice = (database: DatabaseSync): string[] => [
  ...rows(
    database,
    "SELECT run_id, step, count(*) AS times FROM sessions WHERE status = 'completed' GROUP BY run_id, step HAVING count(*) > 1",
  ).map((row) => `step ${row['step']} of run ${row['run_id']} was completed ${row['times']} times`),
  ...rows(
    database,
    'SELECT run_id, step, attempt, count(*) AS times FROM sessions GROUP BY run_id, step, attempt HAVING count(*) > 1',
  ).map((row) => `attempt ${row['attempt']} of run ${row['run_id']} was made ${row['times']} times`),
  ...rows(
    database,
    "SELECT run_id, count(*) AS times FROM observations WHERE status = 'completed' GROUP BY run_id, step HAVING count(*) > 1",
  ).map((row) => `run ${row['run_id']} was observed to complete ${row['times']} times`),
]

/** A run, its step and its session end together or not at all. */
const halfWritten = (database: DatabaseSync): string[] => [
  ...rows(
    database,
    `SELECT runs.run_id FROM runs WHERE status = 'completed' AND (
      NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.run_id = runs.run_id AND sessions.status = 'completed')
      OR EXISTS (SELECT 1 FROM steps WHERE steps.run_id = runs.run_id AND (steps.status <> 'completed' OR steps.result IS NULL))
      OR EXISTS (SELECT 1 FROM queue WHERE queue.run_id = runs.run_id AND queue.state <> 'ended'))`,
  ).map((row) => `run ${row['run_id']} is completed, but not its steps, its session or its place in the queue`),
  ...rows(
    database,
    `SELECT run_id FROM sessions WHERE status = 'completed'
      AND run_id IN (SELECT run_id FROM runs WHERE status <> 'completed')`,
  ).map((row) => `run ${row['run_id']} has a completed session and is not completed`),
]

export const brokenArtifacts = (database: DatabaseSync): string[] =>
  rows(database, 'SELECT run_id, name, path, size, sha256 FROM artifacts').flatMap((row) => {
    const path = String(row['path'])
    if (!existsSync(path)) return [`artifact ${row['name']} of run ${row['run_id']} is on record and not at ${path}`]
    const bytes = readFileSync(path)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    return bytes.length === row['size'] && sha256 === row['sha256']
      ? []
      : [`artifact ${row['name']} of run ${row['run_id']} is not what its record says`]
  })

const unfinished = (database: DatabaseSync, ledger: readonly LedgerEntry[]): string[] => {
  const statuses = new Map(rows(database, 'SELECT run_id, status, error FROM runs').map((row) => [row['run_id'], row]))
  const problems = ledger.flatMap(({ runId, work, accepted }) => {
    const run = statuses.get(runId)
    if (run === undefined) return accepted === 'yes' ? [`run ${runId} is gone`] : []
    if (run['status'] !== 'completed') return [`run ${runId} is ${run['status']}: ${run['error']}`]
    const found = rows(database, `SELECT count(*) AS files FROM artifacts WHERE run_id = '${runId}'`)[0]?.['files']
    return found === work.artifacts ? [] : [`run ${runId} has ${found} of ${work.artifacts} artifacts`]
  })
  const open = rows(database, "SELECT session_id, status FROM sessions WHERE status IN ('queued', 'running')")
  return [...problems, ...open.map((row) => `session ${row['session_id']} is still ${row['status']}`)]
}

export const unrecorded = (database: DatabaseSync, folder: string): string[] => {
  if (!existsSync(folder)) return []
  const recorded = new Set(rows(database, 'SELECT path FROM artifacts').map((row) => resolve(String(row['path']))))
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !recorded.has(resolve(path)))
    .map((path) => `file ${path} has no record`)
}
