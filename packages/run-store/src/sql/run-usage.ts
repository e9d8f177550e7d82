/**
 * What the ended attempts of each run have used, kept by triggers as in `rollups.ts`: a run with a budget is asked for it at the end of
 * each step and each time an agent reports, and adding up 5,000 attempts takes 2.7 ms.
 *
 * What is lost when costs are added up is kept beside them and added at the end, as `sum()` does it (Neumaier): of ten times 0.1
 * dollars, a limit of 1 dollar is reached and not exceeded.
 */
const ended = (row: string): string => `${row}.run_id IS NOT NULL AND ${row}.status NOT IN ('queued', 'running')`

const unreportedTokens = (row: string): string => `(${row}.input_tokens IS NULL AND ${row}.output_tokens IS NULL)`

const addTo = (row: string, sign: '+' | '-'): string => {
  const tokens = ['input_tokens', 'cached_tokens', 'output_tokens']
  const cost = `(${sign}coalesce(${row}.cost_usd, 0.0))`
  return `UPDATE run_usage SET
    attempts = attempts ${sign} 1,
    ${tokens.map((name) => `${name} = ${name} ${sign} coalesce(${row}.${name}, 0)`).join(', ')},
    cost_lost_usd = cost_lost_usd + CASE WHEN abs(cost_usd) >= abs(${cost})
      THEN cost_usd - (cost_usd + ${cost}) + ${cost}
      ELSE ${cost} - (cost_usd + ${cost}) + cost_usd END,
    cost_usd = cost_usd + ${cost},
    unreported_tokens = unreported_tokens ${sign} ${unreportedTokens(row)},
    unreported_cost = unreported_cost ${sign} (${row}.cost_usd IS NULL)
  WHERE run_id = ${row}.run_id;`
}

const add = `INSERT INTO run_usage (run_id) VALUES (new.run_id) ON CONFLICT DO NOTHING; ${addTo('new', '+')}`
// No row is made here: the run may be gone already, with all that refers to it.
const subtract = addTo('old', '-')

/** A column of all ended attempts, from the sessions themselves. */
const sumUp = (expression: string): string => `coalesce(sum(${expression}) FILTER (WHERE ${ended('sessions')}), 0)`

const columns = 'attempts, input_tokens, cached_tokens, output_tokens, cost_usd, unreported_tokens, unreported_cost'
const sums = [
  ...[sumUp('1'), sumUp('input_tokens'), sumUp('cached_tokens'), sumUp('output_tokens'), `${sumUp('cost_usd')} + 0.0`],
  ...[sumUp(unreportedTokens('sessions')), sumUp('cost_usd IS NULL')],
].join(', ')
const changes = 'run_id, status, input_tokens, cached_tokens, output_tokens, cost_usd'

/** Of migration 8. */
export const createRunUsage: string = `
CREATE TABLE run_usage (
  run_id TEXT PRIMARY KEY REFERENCES runs (run_id) ON DELETE CASCADE,
  attempts INTEGER NOT NULL DEFAULT 0,
  input_tokens INTEGER NOT NULL DEFAULT 0,
  cached_tokens INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0,
  cost_usd REAL NOT NULL DEFAULT 0,
  cost_lost_usd REAL NOT NULL DEFAULT 0,
  unreported_tokens INTEGER NOT NULL DEFAULT 0,
  unreported_cost INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
INSERT INTO run_usage (run_id, ${columns})
  SELECT run_id, ${sums} FROM sessions WHERE run_id IS NOT NULL GROUP BY run_id;
CREATE TRIGGER usage_added AFTER INSERT ON sessions WHEN ${ended('new')} BEGIN ${add} END;
CREATE TRIGGER usage_taken_back AFTER DELETE ON sessions WHEN ${ended('old')} BEGIN ${subtract} END;
CREATE TRIGGER usage_replaced AFTER UPDATE OF ${changes} ON sessions WHEN ${ended('old')} BEGIN ${subtract} END;
CREATE TRIGGER usage_added_anew AFTER UPDATE OF ${changes} ON sessions WHEN ${ended('new')} BEGIN ${add} END;
CREATE INDEX sessions_at_work ON sessions (run_id) WHERE status IN ('queued', 'running');
`

/** Of the ended attempts as they were counted, and of those at work. */
export const selectRunUsage: string = `SELECT
    coalesce(sum(attempts), 0) AS attempts,
    coalesce(sum(input_tokens), 0) AS input_tokens,
    coalesce(sum(cached_tokens), 0) AS cached_tokens,
    coalesce(sum(output_tokens), 0) AS output_tokens,
    coalesce(sum(cost_usd), 0) AS cost_usd,
    coalesce(sum(unreported_tokens), 0) AS unreported_tokens,
    coalesce(sum(unreported_cost), 0) AS unreported_cost,
    coalesce(sum(unattended_ms), 0) AS unattended_ms
  FROM (
    SELECT ${columns}, unattended_ms FROM run_usage WHERE run_id = :run_id
    UNION ALL SELECT 0, 0, 0, 0, cost_lost_usd, 0, 0, 0 FROM run_usage WHERE run_id = :run_id
    UNION ALL SELECT 1, input_tokens, cached_tokens, output_tokens, cost_usd, 0, 0, 0
      FROM sessions WHERE run_id = :run_id AND status IN ('queued', 'running'))`

/** Counted again: every difference is a row. Costs apart, which are no whole numbers. */
export const selectUsageDifferences: string = `SELECT run_id FROM sessions LEFT JOIN run_usage USING (run_id)
  WHERE sessions.run_id IS NOT NULL GROUP BY run_id
  HAVING coalesce(run_usage.attempts, 0) <> ${sumUp('1')}
    OR coalesce(run_usage.input_tokens, 0) <> ${sumUp('sessions.input_tokens')}
    OR coalesce(run_usage.output_tokens, 0) <> ${sumUp('sessions.output_tokens')}`
