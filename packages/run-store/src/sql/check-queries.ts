/** Rows of `ok`, or of what is wrong. */
export const integrityCheck = 'PRAGMA integrity_check(5)'
export const foreignKeyCheck = 'SELECT "table" AS name, count(*) AS rows FROM pragma_foreign_key_check GROUP BY 1'
export const selectVersions = `SELECT (SELECT user_version FROM pragma_user_version) AS version,
  sqlite_version() AS sqlite`

/** The rollups, counted again: every difference is a row. */
export const selectRunCountDifferences = `SELECT * FROM (
    SELECT coalesce(execution_mode, '') AS mode, status, count(*) AS count FROM runs GROUP BY 1, 2
    EXCEPT SELECT execution_mode, status, count FROM run_counts)
  UNION ALL SELECT * FROM (
    SELECT execution_mode, status, count FROM run_counts WHERE count <> 0
    EXCEPT SELECT coalesce(execution_mode, ''), status, count(*) FROM runs GROUP BY 1, 2)`
const timed = `FROM runs WHERE status IN ('completed', 'failed') AND started_at IS NOT NULL AND ended_at IS NOT NULL GROUP BY 1, 2`
export const selectDurationDifferences: string = `SELECT * FROM (
    SELECT coalesce(execution_mode, '') AS mode, ended_at - started_at AS duration, count(*) AS count ${timed}
    EXCEPT SELECT execution_mode, prefix, count FROM duration_counts WHERE grain = 0)
  UNION ALL SELECT * FROM (
    SELECT execution_mode, prefix, count FROM duration_counts WHERE grain = 0
    EXCEPT SELECT coalesce(execution_mode, ''), ended_at - started_at, count(*) ${timed})`

export const selectStepCountDifferences = `SELECT * FROM (
    SELECT run_id, status, count(*) AS count FROM steps GROUP BY 1, 2
    EXCEPT SELECT run_id, status, count FROM step_counts)
  UNION ALL SELECT * FROM (
    SELECT run_id, status, count FROM step_counts WHERE count <> 0
    EXCEPT SELECT run_id, status, count(*) FROM steps GROUP BY 1, 2)`

/** Work in the name of hosts that are closed, lost, or not on record. */
export const countOrphans = `SELECT
    (SELECT count(*) FROM sessions LEFT JOIN hosts USING (boot_id)
      WHERE status IN ('queued', 'running') AND state IS NOT 'live') AS sessions,
    (SELECT count(*) FROM queue LEFT JOIN hosts ON boot_id = held_by
      WHERE queue.state = 'claimed' AND hosts.state IS NOT 'live') AS claims,
    (SELECT count(*) FROM workspaces JOIN runs USING (run_id)
      WHERE status IN ('completed', 'failed', 'cancelled', 'interrupted')
        AND NOT EXISTS (SELECT 1 FROM queue WHERE queue.run_id = runs.run_id AND state = 'claimed')) AS workspaces,
    (SELECT count(*) FROM runs LEFT JOIN hosts USING (boot_id)
      WHERE status IN ('queued', 'running') AND state IS NOT 'live'
        AND NOT EXISTS (SELECT 1 FROM queue WHERE queue.run_id = runs.run_id)) AS runs`

export const selectQueueTrouble = `SELECT
    count(*) AS queued,
    count(*) FILTER (WHERE deadline_at < :now) AS late,
    count(*) FILTER (WHERE memory_mb > :memory_mb) AS too_large
  FROM queue WHERE state = 'queued'`

export const selectArtifactFiles = 'SELECT run_id, path, size FROM artifacts'
