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
]

/** The version that this release writes. */
export const SCHEMA_VERSION: number = migrations.length
