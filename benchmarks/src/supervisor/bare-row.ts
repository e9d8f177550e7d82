import { DatabaseSync } from 'node:sqlite'

/**
 * The least that a row on record costs: a table without indexes, a prepared statement, nothing looked at; with the pragmas of
 * `@mayfly/run-store`, so that as much survives a crash.
 */
export const openBareRows = (path: string): { add(): void; close(): void } => {
  const database = new DatabaseSync(path)
  database.exec('PRAGMA synchronous = NORMAL; PRAGMA journal_mode = WAL')
  database.exec(
    'CREATE TABLE sessions (session_id TEXT PRIMARY KEY, isolation TEXT, status TEXT, heap_limit_mb REAL, created_at INTEGER) STRICT, WITHOUT ROWID',
  )
  const insert = database.prepare('INSERT INTO sessions VALUES (?, ?, ?, ?, ?)')
  let count = 0
  return {
    add: () => void insert.run(`session-${count++}`, 'thread', 'queued', 2048, Date.now()),
    close: () => database.close(),
  }
}
