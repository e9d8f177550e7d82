const hasEnded = "status NOT IN ('queued', 'running')"

export const selectRunUsage: string = `SELECT count(*) AS attempts,
    coalesce(sum(input_tokens), 0) AS input_tokens,
    coalesce(sum(cached_tokens), 0) AS cached_tokens,
    coalesce(sum(output_tokens), 0) AS output_tokens,
    coalesce(sum(cost_usd), 0) AS cost_usd,
    count(*) FILTER (WHERE ${hasEnded} AND input_tokens IS NULL AND output_tokens IS NULL) AS unreported_tokens,
    count(*) FILTER (WHERE ${hasEnded} AND cost_usd IS NULL) AS unreported_cost
  FROM sessions WHERE run_id = :run_id`
