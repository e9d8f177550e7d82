/**
 * Of migration 9: for how long nobody had a run although its process was taken to. What a lease says of time is of the machine's
 * monotonic clock, which begins anew when it boots: when a host was last heard of stands beside it.
 */
export const createUnattended = `
ALTER TABLE hosts ADD COLUMN renewed_at INTEGER;
ALTER TABLE run_usage ADD COLUMN unattended_ms INTEGER NOT NULL DEFAULT 0;
`

/**
 * Of runs with a state, which may have a limit on time, and of which nobody else has a step at work: from when the lost host was last
 * heard of, or the run was accepted, until now.
 */
export const addUnattended = `INSERT INTO run_usage (run_id, unattended_ms)
  SELECT run_id, max(0, :at - max(:renewed_at, created_at)) FROM runs
    WHERE run_id IN (SELECT run_id FROM queue WHERE held_by = :boot_id)
      AND EXISTS (SELECT 1 FROM run_states WHERE run_states.run_id = runs.run_id)
      AND NOT EXISTS (SELECT 1 FROM queue
        WHERE queue.run_id = runs.run_id AND queue.state = 'claimed' AND queue.held_by <> :boot_id)
  ON CONFLICT (run_id) DO UPDATE SET unattended_ms = unattended_ms + excluded.unattended_ms`
