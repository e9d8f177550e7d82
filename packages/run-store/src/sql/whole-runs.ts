const ended = "('completed', 'failed', 'cancelled', 'interrupted')"

/** Whether nobody works for a run any more. */
const isIdle = (runId: string): string =>
  `NOT EXISTS (SELECT 1 FROM queue WHERE queue.run_id = ${runId} AND queue.state = 'claimed')`

/**
 * Of migration 4. SQLite changes a CHECK only by making the table anew, which is why foreign keys are not enforced while a
 * store is migrated: to drop the old table would take queue and checkpoints along.
 */
export const createWholeRuns: string = `
CREATE TABLE new_steps (
  run_id TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
  step INTEGER NOT NULL CHECK (step >= 0),
  number REAL NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'queued', 'running', 'waiting', 'completed', 'failed', 'skipped',
    'cancelled', 'interrupted')),
  round INTEGER NOT NULL DEFAULT 0 CHECK (round >= 0),
  execution_mode TEXT CHECK (execution_mode IN ('legacy', 'worker')),
  name TEXT NOT NULL,
  agent TEXT NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  reason TEXT,
  feedback TEXT,
  task TEXT,
  result TEXT,
  error TEXT,
  PRIMARY KEY (run_id, step)
) STRICT;
INSERT INTO new_steps (run_id, step, number, status, name, agent, started_at, ended_at, result, error)
  SELECT run_id, step, step, status, name, agent, started_at, ended_at, result, error FROM steps;
DROP TABLE steps;
ALTER TABLE new_steps RENAME TO steps;

CREATE INDEX steps_light ON steps (run_id, step, number, status, round, agent, execution_mode);
CREATE INDEX steps_waiting ON steps (run_id) WHERE status = 'waiting';
CREATE INDEX queue_running ON queue (run_id) WHERE state = 'claimed';
CREATE INDEX queue_queued ON queue (run_id) WHERE state = 'queued';

CREATE TABLE run_states (
  run_id TEXT PRIMARY KEY REFERENCES runs (run_id) ON DELETE CASCADE,
  state TEXT NOT NULL
) STRICT;

ALTER TABLE runs ADD COLUMN workspace TEXT;
ALTER TABLE queue ADD COLUMN workspace TEXT;
CREATE INDEX runs_by_workspace ON runs (workspace, sequence)
  WHERE workspace IS NOT NULL AND status IN ('queued', 'running', 'waiting');
CREATE TABLE workspaces (
  workspace TEXT PRIMARY KEY,
  run_id TEXT NOT NULL UNIQUE REFERENCES runs (run_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TRIGGER workspace_left AFTER UPDATE OF status ON runs
  WHEN new.workspace IS NOT NULL AND new.status IN ${ended} AND ${isIdle('new.run_id')}
  BEGIN DELETE FROM workspaces WHERE run_id = new.run_id; END;
CREATE TRIGGER workspace_left_last AFTER UPDATE OF state ON queue
  WHEN old.workspace IS NOT NULL AND old.state = 'claimed' AND new.state <> 'claimed' AND ${isIdle('new.run_id')}
    AND EXISTS (SELECT 1 FROM runs WHERE runs.run_id = new.run_id AND runs.status IN ${ended})
  BEGIN DELETE FROM workspaces WHERE run_id = new.run_id; END;

ALTER TABLE sessions ADD COLUMN input_tokens INTEGER;
ALTER TABLE sessions ADD COLUMN cached_tokens INTEGER;
ALTER TABLE sessions ADD COLUMN output_tokens INTEGER;
ALTER TABLE sessions ADD COLUMN cost_usd REAL;
ALTER TABLE sessions ADD COLUMN tool_calls INTEGER;
ALTER TABLE sessions ADD COLUMN model TEXT;
ALTER TABLE sessions ADD COLUMN agent_session TEXT;
`
