/**
 * How many steps of a run have each status, kept by triggers as in `rollups.ts`: to decide what follows from the end of a step takes
 * these few rows, where counting takes as many as the run has steps.
 */
export const selectStepCounts = 'SELECT status, count FROM step_counts WHERE run_id = :run_id AND count <> 0'

const countStep = `INSERT INTO step_counts (run_id, status, count) VALUES (new.run_id, new.status, 1)
    ON CONFLICT DO UPDATE SET count = count + 1;`
// No row is made here: the run may be gone already, with all that refers to it.
const uncountStep = `UPDATE step_counts SET count = count - 1 WHERE run_id = old.run_id AND status = old.status;`

/**
 * Of migration 6. What is to be remembered of a step stands in its row, and those that matter to what follows are found by their status:
 * few at a time, so the index is small. The one that had all marks of a run in it is not needed any more.
 */
export const createStepCounts: string = `
CREATE TABLE step_counts (
  run_id TEXT NOT NULL REFERENCES runs (run_id) ON DELETE CASCADE,
  status TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (run_id, status)
) STRICT, WITHOUT ROWID;
INSERT INTO step_counts SELECT run_id, status, count(*) FROM steps GROUP BY run_id, status;
CREATE TRIGGER step_counted AFTER INSERT ON steps BEGIN ${countStep} END;
CREATE TRIGGER step_uncounted AFTER DELETE ON steps BEGIN ${uncountStep} END;
CREATE TRIGGER step_recounted AFTER UPDATE OF status ON steps WHEN old.status <> new.status
  BEGIN ${uncountStep} ${countStep} END;

ALTER TABLE steps ADD COLUMN memory TEXT;
DROP INDEX steps_light;
DROP INDEX steps_waiting;
CREATE INDEX steps_open ON steps (run_id, status, step) WHERE status NOT IN ('pending', 'completed', 'skipped');

DROP INDEX queue_queued;
CREATE INDEX queue_of_run ON queue (run_id, priority DESC, position) WHERE state = 'queued';
`
