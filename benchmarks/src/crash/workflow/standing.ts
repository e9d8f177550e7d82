import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** How a run stands, as a person would see it. */
export interface Standing {
  readonly status: string
  /** Of its error. */
  readonly code: string | null
  /** How often a person has decided something about it. */
  readonly decisions: number
}

/** Undefined for a run that is not on record. */
export const readStanding = (file: string, runId: string): Standing | undefined => {
  if (!existsSync(file)) return undefined
  const database = new DatabaseSync(file, { readOnly: true, timeout: 10_000 })
  try {
    if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'runs'").get() === undefined) return undefined
    const run = database.prepare('SELECT status, error FROM runs WHERE run_id = ?').get(runId)
    if (run === undefined) return undefined
    const decided = "SELECT count(*) AS times FROM events WHERE run_id = ? AND type IN ('approved', 'rejected')"
    const error = run['error'] === null ? null : (JSON.parse(String(run['error'])) as { code: string | null })
    const decisions = Number(database.prepare(decided).get(runId)?.['times'])
    return { status: String(run['status']), code: error?.code ?? null, decisions }
  } catch (error) {
    // Killed while the file was made: only then has it a journal to be rolled back, which who only reads cannot do.
    if (Reflect.get(Object(error), 'errcode') === READONLY_ROLLBACK) return undefined
    throw error
  } finally {
    database.close()
  }
}

/** `SQLITE_READONLY_ROLLBACK` */
const READONLY_ROLLBACK = 776
