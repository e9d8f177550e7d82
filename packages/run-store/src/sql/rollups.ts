/**
 * What `stats` reads, kept by triggers: they run in the transaction that changes what they count, whoever writes, and
 * also when a deletion takes rows along. Counting a million runs instead takes seconds.
 *
 * Durations are counted at four grains, by what is left of them after shifting 24, 16, 8 and 0 bits to the right: a
 * percentile is found exactly by reading at most 256 counts of each grain, wherever the durations lie.
 */
const hasDuration = (row: string): string =>
  `${row}.status IN ('completed', 'failed') AND ${row}.started_at IS NOT NULL AND ${row}.ended_at IS NOT NULL`

const mode = (row: string): string => `coalesce(${row}.execution_mode, '')`

const grains = '(SELECT 0 AS grain UNION ALL SELECT 8 UNION ALL SELECT 16 UNION ALL SELECT 24)'

const countRun = (row: string, sign: 1 | -1): string => `
  INSERT INTO run_counts (execution_mode, status, count, timed, total_ms)
    VALUES (${mode(row)}, ${row}.status, ${sign}, 0, 0)
    ON CONFLICT DO UPDATE SET count = count + excluded.count;`

const countDuration = (row: string, sign: 1 | -1): string => `
  INSERT INTO run_counts (execution_mode, status, count, timed, total_ms)
    VALUES (${mode(row)}, ${row}.status, 0, ${sign}, ${sign} * (${row}.ended_at - ${row}.started_at))
    ON CONFLICT DO UPDATE SET timed = timed + excluded.timed, total_ms = total_ms + excluded.total_ms;
  INSERT INTO duration_counts (execution_mode, grain, prefix, count)
    SELECT ${mode(row)}, grain, (${row}.ended_at - ${row}.started_at) >> grain, ${sign} FROM ${grains} WHERE true
    ON CONFLICT DO UPDATE SET count = count + excluded.count;`

const forgetEmpty = (row: string): string => `
  DELETE FROM duration_counts WHERE count = 0 AND execution_mode = ${mode(row)} AND (grain, prefix) IN (
    SELECT grain, (${row}.ended_at - ${row}.started_at) >> grain FROM ${grains});`

const attempted = (row: string): string =>
  `(${row}.isolation IN ('thread', 'process') AND ${row}.status <> 'queued' AND coalesce(${row}.cause, '') <> 'queue_timeout')`

const succeeded = (row: string): string =>
  `(${attempted(row)} AND coalesce(${row}.cause, '') NOT IN ('startup', 'spawn'))`

const countSpawn = (row: string, sign: '+' | '-'): string => `
  UPDATE spawn_counts SET attempted = attempted ${sign} ${attempted(row)}, succeeded = succeeded ${sign} ${succeeded(row)};`

/** Of migration 3; a later change needs new triggers in a migration of its own. */
export const createRollups: string = `
CREATE TABLE run_counts (
  execution_mode TEXT NOT NULL,
  status TEXT NOT NULL,
  count INTEGER NOT NULL,
  timed INTEGER NOT NULL,
  total_ms INTEGER NOT NULL,
  PRIMARY KEY (execution_mode, status)
) STRICT, WITHOUT ROWID;
CREATE TABLE duration_counts (
  execution_mode TEXT NOT NULL,
  grain INTEGER NOT NULL,
  prefix INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (execution_mode, grain, prefix)
) STRICT, WITHOUT ROWID;
CREATE TABLE spawn_counts (attempted INTEGER NOT NULL, succeeded INTEGER NOT NULL) STRICT;

INSERT INTO run_counts SELECT ${mode('runs')}, status, count(*), count(*) FILTER (WHERE ${hasDuration('runs')}),
  coalesce(sum(ended_at - started_at) FILTER (WHERE ${hasDuration('runs')}), 0) FROM runs GROUP BY 1, 2;
INSERT INTO duration_counts SELECT ${mode('runs')}, grain, (ended_at - started_at) >> grain, count(*)
  FROM runs, ${grains}
  WHERE ${hasDuration('runs')} GROUP BY 1, 2, 3;
INSERT INTO spawn_counts SELECT coalesce(sum${attempted('sessions')}, 0), coalesce(sum${succeeded('sessions')}, 0) FROM sessions;

CREATE TRIGGER run_counted AFTER INSERT ON runs BEGIN ${countRun('new', 1)} END;
CREATE TRIGGER run_uncounted AFTER DELETE ON runs BEGIN ${countRun('old', -1)} END;
CREATE TRIGGER run_recounted AFTER UPDATE OF status, execution_mode ON runs
  WHEN old.status IS NOT new.status OR old.execution_mode IS NOT new.execution_mode
  BEGIN ${countRun('old', -1)} ${countRun('new', 1)} END;

CREATE TRIGGER duration_counted AFTER INSERT ON runs WHEN ${hasDuration('new')}
  BEGIN ${countDuration('new', 1)} END;
CREATE TRIGGER duration_uncounted AFTER DELETE ON runs WHEN ${hasDuration('old')}
  BEGIN ${countDuration('old', -1)} ${forgetEmpty('old')} END;
CREATE TRIGGER duration_taken_back AFTER UPDATE OF status, execution_mode, started_at, ended_at ON runs
  WHEN ${hasDuration('old')} BEGIN ${countDuration('old', -1)} ${forgetEmpty('old')} END;
CREATE TRIGGER duration_counted_anew AFTER UPDATE OF status, execution_mode, started_at, ended_at ON runs
  WHEN ${hasDuration('new')} BEGIN ${countDuration('new', 1)} END;

CREATE TRIGGER spawn_counted AFTER INSERT ON sessions BEGIN ${countSpawn('new', '+')} END;
CREATE TRIGGER spawn_uncounted AFTER DELETE ON sessions BEGIN ${countSpawn('old', '-')} END;
CREATE TRIGGER spawn_recounted AFTER UPDATE OF isolation, status, cause ON sessions
  WHEN ${attempted('old')} <> ${attempted('new')} OR ${succeeded('old')} <> ${succeeded('new')}
  BEGIN ${countSpawn('old', '-')} ${countSpawn('new', '+')} END;
`
