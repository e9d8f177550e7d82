import { DatabaseSync } from 'node:sqlite'
import { openRunStore } from '@mayfly/run-store'

/**
 * Fills a store with runs that have ended, each with its step, its session and its place in the queue. Written with plain
 * SQL, because a million acceptances would take an hour; the triggers of the store count them as they count any other.
 */
export const fillStore = async (path: string, runs: number): Promise<void> => {
  const store = await openRunStore({ path })
  const { bootId } = await store.createRun({ runId: 'first', prompt: 'first', cwd: '/', status: 'completed' })
  await store.close()
  using connection = new DatabaseSync(path)
  connection.exec('PRAGMA synchronous = OFF')
  connection.exec('BEGIN')
  for (const sql of statements) connection.prepare(sql).run({ count: runs, boot_id: bootId })
  connection.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)')
}

const numbers = 'WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)'

/** Durations from milliseconds to an hour, most of them short; `:boot_id` is named in each, for all take the same values. */
const statements = [
  `${numbers} INSERT INTO runs (run_id, prompt, cwd, status, execution_mode, reason, workflow, boot_id,
      created_at, started_at, ended_at)
    SELECT 'run-' || n, '"Implement user authentication with sessions, roles and a password reset"', '/srv/project',
      CASE n % 10 WHEN 0 THEN 'failed' WHEN 1 THEN 'interrupted' ELSE 'completed' END,
      CASE n % 3 WHEN 0 THEN 'legacy' ELSE 'worker' END, '"long-running"', 'feature-flow', :boot_id,
      n * 1000, n * 1000 + 5, n * 1000 + 5 + (n * 7919) % 1000 * ((n * 31) % 60 + 1)
    FROM numbers`,
  `${numbers} INSERT INTO steps (run_id, step, number, name, agent, status, started_at, ended_at, result)
    SELECT 'run-' || n, 0, 0, 'plan', 'planner', 'completed', n * 1000, n * 1000 + 50, '{"summary":"done"}'
    FROM numbers WHERE :boot_id IS NOT NULL`,
  `${numbers} INSERT INTO sessions (session_id, run_id, step, attempt, isolation, status, cause, peak_heap_mb, boot_id,
      created_at, ended_at)
    SELECT 'session-' || n, 'run-' || n, 0, 1, 'thread', 'completed', 'result', 20 + (n * 7919) % 4000 / 10.0, :boot_id,
      n * 1000, n * 1000 + 50
    FROM numbers`,
  `${numbers} INSERT INTO queue (run_id, step, state, priority, not_before, repeatable, attempt, max_attempts, session_id)
    SELECT 'run-' || n, 0, 'ended', 0, 0, 1, 1, 1, 'session-' || n FROM numbers WHERE :boot_id IS NOT NULL`,
]
