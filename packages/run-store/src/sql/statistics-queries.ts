/** `:mode` NULL means every run, whatever its mode. */
const inMode = '(:mode IS NULL OR execution_mode = :mode)'
const hasDuration = "status IN ('completed', 'failed') AND started_at IS NOT NULL AND ended_at IS NOT NULL"

export const countRuns: string = `SELECT
    count(*) AS count,
    count(*) FILTER (WHERE status = 'completed') AS completed,
    count(*) FILTER (WHERE status = 'failed') AS failed,
    count(*) FILTER (WHERE status = 'interrupted') AS interrupted,
    count(*) FILTER (WHERE ${hasDuration}) AS timed,
    avg(ended_at - started_at) FILTER (WHERE ${hasDuration}) AS average_ms
  FROM runs WHERE ${inMode}`

/** The duration at position `:rank`, counted from 0, in ascending order. */
export const selectDuration: string = `SELECT ended_at - started_at AS duration_ms
  FROM runs WHERE ${inMode} AND ${hasDuration} ORDER BY duration_ms LIMIT 1 OFFSET :rank`

/** Sessions without a run belong to no mode, so only the total knows them. */
export const selectPeakHeap: string = `SELECT max(peak_heap_mb) AS peak_heap_mb FROM (
    SELECT peak_heap_mb FROM observations WHERE ${inMode}
    UNION ALL
    SELECT peak_heap_mb FROM sessions LEFT JOIN runs USING (run_id) WHERE ${inMode}
  )`

/** A session that never left the queue attempted no worker; its end by the queue's clock says so. */
export const countSpawns: string = `SELECT
    count(*) AS attempted,
    count(*) FILTER (WHERE cause IS NULL OR cause NOT IN ('startup', 'spawn')) AS succeeded
  FROM sessions
  WHERE isolation IN ('thread', 'process') AND status <> 'queued' AND (cause IS NULL OR cause <> 'queue_timeout')`
