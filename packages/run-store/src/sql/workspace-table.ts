/** A run keeps what it has taken; triggers take it away when it has ended (see `whole-runs.ts`). */
export const takeWorkspace = `INSERT INTO workspaces (workspace, run_id) VALUES (:workspace, :run_id)
  ON CONFLICT (workspace) DO NOTHING`

/** Who is in a workspace, or waits for it: the one that has it first, then in the order in which they came. */
export const selectWorkspaceUser = `SELECT run_id FROM (
    SELECT run_id, 0 AS place FROM workspaces WHERE workspace = :workspace
    UNION ALL
    SELECT run_id, sequence AS place FROM runs
      WHERE workspace = :workspace AND status IN ('queued', 'running', 'waiting'))
  ORDER BY place LIMIT 1`

/** Within a query on `queue`. */
export const isWorkspaceBusy = `(workspace IS NOT NULL AND EXISTS (SELECT 1 FROM workspaces AS taken
  WHERE taken.workspace = queue.workspace AND taken.run_id <> queue.run_id))`
