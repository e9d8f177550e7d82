/** Of migration 7: what a step needs of its run is found without passing over what it does not need, of all the steps before it. */
export const createStepReads = `
ALTER TABLE artifacts ADD COLUMN is_internal INTEGER NOT NULL DEFAULT 0 CHECK (is_internal IN (0, 1));
CREATE INDEX artifacts_to_build_on ON artifacts (run_id, step, name) WHERE is_internal = 0;
DROP INDEX sessions_by_run;
CREATE INDEX sessions_by_step ON sessions (run_id, step);
`
