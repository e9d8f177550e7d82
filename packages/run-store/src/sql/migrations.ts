import { createRequests } from './request-table.ts'
import { createRollups } from './rollups.ts'
import { createRunUsage } from './run-usage.ts'
import { createStepCounts } from './step-counts.ts'
import { createStepReads } from './step-reads.ts'
import { createUnattended } from './unattended.ts'
import { createWholeRuns } from './whole-runs.ts'

/** `Mayf` in ASCII, kept in the file's header: tells a run store from any other SQLite database. */
export const APPLICATION_ID = 0x4d617966

/**
 * Migration N brings a store from version N - 1 to N; `PRAGMA user_version` keeps N. A published migration never changes:
 * append the next one. STRICT tables and CHECKs hold even against other tools that write into the file.
 */
export const migrations: readonly string[] = [
  `
CREATE TABLE hosts (
  boot_id TEXT PRIMARY KEY,
  pid INTEGER NOT NULL,
  process_started INTEGER,
  kernel_boot_id TEXT,
  opened_at INTEGER NOT NULL
) STRICT;

CREATE TABLE runs (
  sequence INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL UNIQUE,
  prompt TEXT NOT NULL,
  cwd TEXT NOT NULL,
  status TEXT NOT NULL
    CHECK (status IN ('queued', 'running', 'waiting', 'completed', 'failed', 'cancelled', 'interrupted')),
  execution_mode TEXT CHECK (execution_mode IN ('legacy', 'worker')),
  reason TEXT,
  workflow TEXT,
  workflow_path TEXT,
  complexity REAL,
  routing TEXT,
  runtime TEXT,
  boot_id TEXT NOT NULL REFERENCES hosts,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  error TEXT
) STRICT;
CREATE INDEX runs_by_age ON runs (created_at DESC, sequence DESC);
CREATE INDEX runs_by_status ON runs (status, created_at DESC, sequence DESC);
CREATE INDEX runs_by_host ON runs (boot_id);
CREATE INDEX runs_unfinished ON runs (boot_id) WHERE status IN ('queued', 'running');

CREATE TABLE steps (
  run_id TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
  step INTEGER NOT NULL CHECK (step >= 0),
  name TEXT NOT NULL,
  agent TEXT NOT NULL,
  status TEXT NOT NULL
    CHECK (status IN ('queued', 'running', 'waiting', 'completed', 'failed', 'cancelled', 'interrupted')),
  started_at INTEGER,
  ended_at INTEGER,
  result TEXT,
  error TEXT,
  PRIMARY KEY (run_id, step)
) STRICT;

CREATE TABLE sessions (
  sequence INTEGER PRIMARY KEY,
  session_id TEXT NOT NULL UNIQUE,
  run_id TEXT REFERENCES runs (run_id) ON DELETE CASCADE,
  step INTEGER,
  attempt INTEGER NOT NULL,
  isolation TEXT NOT NULL CHECK (isolation IN ('in-process', 'thread', 'process')),
  status TEXT NOT NULL
    CHECK (status IN ('queued', 'running', 'completed', 'failed', 'cancelled', 'timed_out', 'lost', 'interrupted')),
  cause TEXT,
  phase TEXT,
  exit_code INTEGER,
  signal TEXT,
  peak_heap_mb REAL,
  peak_external_mb REAL,
  cpu_ms REAL,
  queued_ms REAL,
  started_in_ms REAL,
  ran_ms REAL,
  heap_limit_mb REAL,
  enforced INTEGER CHECK (enforced IN (0, 1)),
  fuse TEXT,
  boot_id TEXT NOT NULL REFERENCES hosts,
  created_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
CREATE INDEX sessions_by_run ON sessions (run_id);
CREATE INDEX sessions_by_host ON sessions (boot_id);
CREATE INDEX sessions_unfinished ON sessions (boot_id) WHERE status IN ('queued', 'running');

CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT REFERENCES runs (run_id) ON DELETE CASCADE,
  session_id TEXT,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_run ON events (run_id, id);

CREATE TABLE artifacts (
  run_id TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  size INTEGER NOT NULL CHECK (size >= 0),
  sha256 TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (run_id, step, name)
) STRICT;

CREATE TABLE observations (
  sequence INTEGER PRIMARY KEY,
  workflow TEXT NOT NULL,
  step INTEGER NOT NULL,
  agent TEXT NOT NULL,
  execution_mode TEXT NOT NULL CHECK (execution_mode IN ('legacy', 'worker')),
  status TEXT NOT NULL
    CHECK (status IN ('queued', 'running', 'waiting', 'completed', 'failed', 'cancelled', 'interrupted')),
  duration_ms REAL NOT NULL,
  peak_heap_mb REAL,
  at INTEGER NOT NULL,
  run_id TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX observations_by_kind ON observations (workflow, step, agent, at);
CREATE INDEX observations_by_run ON observations (run_id);
`,
  `
ALTER TABLE sessions ADD COLUMN peak_rss_mb REAL;
ALTER TABLE sessions ADD COLUMN stopped_in_ms REAL;
`,
  `
ALTER TABLE hosts ADD COLUMN pid_namespace TEXT;
ALTER TABLE hosts ADD COLUMN state TEXT NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'closed', 'lost'));
ALTER TABLE hosts ADD COLUMN lease_until REAL;
ALTER TABLE hosts ADD COLUMN lease_ms INTEGER;
CREATE INDEX hosts_live ON hosts (boot_id) WHERE state = 'live';

ALTER TABLE runs ADD COLUMN cancel_requested_at INTEGER;
ALTER TABLE runs ADD COLUMN cancel_reason TEXT;
ALTER TABLE runs ADD COLUMN idempotency_key TEXT;
ALTER TABLE runs ADD COLUMN request TEXT;
CREATE UNIQUE INDEX runs_by_idempotency_key ON runs (idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX runs_to_cancel ON runs (run_id)
  WHERE cancel_requested_at IS NOT NULL AND status IN ('queued', 'running');
CREATE INDEX runs_by_end ON runs (coalesce(ended_at, created_at))
  WHERE status IN ('completed', 'failed', 'cancelled', 'interrupted');

CREATE TABLE queue (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL,
  step INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'claimed', 'ended')),
  priority INTEGER NOT NULL,
  not_before INTEGER NOT NULL,
  deadline_at INTEGER,
  repeatable INTEGER NOT NULL CHECK (repeatable IN (0, 1)),
  attempt INTEGER NOT NULL CHECK (attempt >= 0),
  max_attempts INTEGER NOT NULL CHECK (max_attempts >= 1),
  memory_mb REAL CHECK (memory_mb >= 0),
  concurrency_key TEXT,
  held_by TEXT REFERENCES hosts,
  session_id TEXT,
  committed_mb REAL NOT NULL DEFAULT 0,
  UNIQUE (run_id, step),
  CHECK (state <> 'claimed' OR (held_by IS NOT NULL AND session_id IS NOT NULL)),
  FOREIGN KEY (run_id, step) REFERENCES steps (run_id, step) ON DELETE CASCADE
) STRICT;
CREATE INDEX queue_order ON queue (priority DESC, position) WHERE state = 'queued';
CREATE INDEX queue_later ON queue (not_before) WHERE state = 'queued';
CREATE INDEX queue_claimed ON queue (held_by) WHERE state = 'claimed';
CREATE INDEX queue_held ON queue (held_by) WHERE held_by IS NOT NULL;

CREATE TABLE checkpoints (
  run_id TEXT NOT NULL,
  step INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  at INTEGER NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (run_id, step),
  FOREIGN KEY (run_id, step) REFERENCES steps (run_id, step) ON DELETE CASCADE
) STRICT;

CREATE TABLE children (
  session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
  pid INTEGER NOT NULL,
  process_started INTEGER,
  leads_group INTEGER NOT NULL CHECK (leads_group IN (0, 1)),
  PRIMARY KEY (session_id, pid)
) STRICT;

CREATE TABLE limits (workers INTEGER, memory_mb REAL, per_key INTEGER) STRICT;
INSERT INTO limits VALUES (NULL, NULL, NULL);

ALTER TABLE sessions ADD COLUMN execution_mode TEXT;
UPDATE sessions SET execution_mode = (SELECT execution_mode FROM runs WHERE runs.run_id = sessions.run_id);
CREATE INDEX sessions_by_peak ON sessions (execution_mode, peak_heap_mb) WHERE peak_heap_mb IS NOT NULL;
CREATE INDEX observations_by_peak ON observations (execution_mode, peak_heap_mb) WHERE peak_heap_mb IS NOT NULL;
CREATE TRIGGER session_mode_given AFTER UPDATE OF execution_mode ON runs WHEN old.execution_mode IS NOT new.execution_mode
  BEGIN UPDATE sessions SET execution_mode = new.execution_mode WHERE run_id = new.run_id; END;
CREATE TRIGGER session_mode_taken AFTER INSERT ON sessions WHEN new.run_id IS NOT NULL BEGIN
  UPDATE sessions SET execution_mode = (SELECT execution_mode FROM runs WHERE run_id = new.run_id)
    WHERE sequence = new.sequence;
END;
CREATE TRIGGER session_mode_changed AFTER UPDATE OF run_id ON sessions WHEN old.run_id IS NOT new.run_id BEGIN
  UPDATE sessions SET execution_mode = (SELECT execution_mode FROM runs WHERE run_id = new.run_id)
    WHERE sequence = new.sequence;
END;
${createRollups}`,
  createWholeRuns,
  createRequests,
  createStepCounts,
  createStepReads,
  createRunUsage,
  createUnattended,
]

/** The version that this release writes. */
export const SCHEMA_VERSION: number = migrations.length
