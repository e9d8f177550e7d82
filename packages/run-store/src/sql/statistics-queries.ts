/** What `rollups.ts` keeps; every query reads a few hundred rows at most. */
export const selectRunCounts = 'SELECT execution_mode, status, count, timed, total_ms FROM run_counts'

export const selectDurationCounts = `SELECT prefix, sum(count) AS count FROM duration_counts
  WHERE execution_mode IN (:first, :second, :third) AND grain = :grain AND prefix BETWEEN :low AND :high
  GROUP BY prefix ORDER BY prefix`

/** Each half is the end of an index. Sessions without a run have no mode. */
export const selectPeakHeap = `SELECT max(peak_heap_mb) AS peak_heap_mb FROM (
    SELECT * FROM (SELECT peak_heap_mb FROM sessions WHERE execution_mode IS :mode AND peak_heap_mb IS NOT NULL
      ORDER BY peak_heap_mb DESC LIMIT 1)
    UNION ALL
    SELECT * FROM (SELECT peak_heap_mb FROM observations WHERE execution_mode IS :mode AND peak_heap_mb IS NOT NULL
      ORDER BY peak_heap_mb DESC LIMIT 1)
  )`

export const selectSpawnCounts = 'SELECT attempted, succeeded FROM spawn_counts'
