/** Steps, sessions, events, artifacts, observations and the queue go with their run. */
export const selectOldRuns = `SELECT run_id FROM runs
  WHERE status IN ('completed', 'failed', 'cancelled', 'interrupted') AND coalesce(ended_at, created_at) < :before
    AND (:interrupted OR status <> 'interrupted')
    AND NOT EXISTS (SELECT 1 FROM queue WHERE queue.run_id = runs.run_id AND queue.state = 'claimed')
  ORDER BY coalesce(ended_at, created_at) LIMIT :limit`
export const deleteRun = 'DELETE FROM runs WHERE run_id = :run_id'
export const deleteOldSessions = `DELETE FROM sessions
  WHERE run_id IS NULL AND status NOT IN ('queued', 'running') AND coalesce(ended_at, created_at) < :before`
export const deleteOldEvents = 'DELETE FROM events WHERE run_id IS NULL AND at < :before'

/** Runs with more events than are kept: found in the order of the index on events, a run at a time. */
export const selectWordyRuns = `SELECT run_id, count(*) AS events, max(id) AS last FROM events JOIN runs USING (run_id)
  WHERE status IN ('completed', 'failed', 'cancelled', 'interrupted') AND coalesce(ended_at, created_at) < :before
  GROUP BY run_id HAVING count(*) > :kept`
export const thinEvents = `DELETE FROM events WHERE run_id = :run_id AND id <= (
    SELECT id FROM events WHERE run_id = :run_id ORDER BY id DESC LIMIT 1 OFFSET :kept)`

export const selectSize = `SELECT
    (SELECT page_count FROM pragma_page_count) AS pages,
    (SELECT freelist_count FROM pragma_freelist_count) AS free,
    (SELECT page_size FROM pragma_page_size) AS page_bytes,
    (SELECT auto_vacuum FROM pragma_auto_vacuum) AS auto_vacuum`
export const vacuumBitByBit = 'PRAGMA incremental_vacuum'
/** For stores of releases that did not give pages back: once, as a whole. */
export const vacuumWhole = 'PRAGMA auto_vacuum = INCREMENTAL; VACUUM'
/** Copies the log into the file and empties it; how far it came is its answer. */
export const emptyLog = 'PRAGMA wal_checkpoint(TRUNCATE)'

export const copyInto = 'VACUUM INTO :file'
