import { DatabaseSync } from 'node:sqlite'
import { brokenArtifacts, integrity, unrecorded } from '../inspection.ts'
import { processesMarked } from '../processes.ts'
import { type Played, readNotes } from './play.ts'
import type { Stage } from './stage.ts'

/** What must hold at the end of every play, whoever died in it; one line for each violation. */
export const violations = (stage: Stage, { kills }: Played, mark: string): string[] => {
  const database = new DatabaseSync(stage.database, { readOnly: true, timeout: 10_000 })
  try {
    return [
      ...integrity(database),
      ...brokenArtifacts(database),
      ...unrecorded(database, stage.artifacts),
      ...unfinished(database),
      ...lost(database, kills),
      ...workedTwice(stage),
      ...unknownWork(database, stage),
      ...processesMarked('MAYFLY_CRASH_CHILD', mark).map((pid) => `process ${pid} was left behind`),
    ]
  } finally {
    database.close()
  }
}

const count = (database: DatabaseSync, sql: string): number => Number(database.prepare(sql).get()?.['times'])

const unfinished = (database: DatabaseSync): string[] =>
  Object.entries({
    'attempts go on': "SELECT count(*) AS times FROM sessions WHERE status IN ('queued', 'running')",
    'steps wait in the queue': "SELECT count(*) AS times FROM queue WHERE state <> 'ended'",
    'workspaces are taken': 'SELECT count(*) AS times FROM workspaces',
    'child processes are on record': 'SELECT count(*) AS times FROM children',
  }).flatMap(([what, sql]) => (count(database, sql) === 0 ? [] : [`${count(database, sql)} ${what}`]))

const lost = (database: DatabaseSync, kills: number): string[] => {
  const times = count(database, "SELECT count(*) AS times FROM sessions WHERE status IN ('lost', 'interrupted')")
  return times <= kills ? [] : [`${times} attempts were lost by ${kills} kills`]
}

/** An attempt comes to each of its moments once. */
const workedTwice = (stage: Stage): string[] => {
  const seen = new Set<string>()
  return readNotes(stage).flatMap(({ step, attempt, moment }) => {
    const what = `step ${step}, attempt ${attempt}: ${moment}`
    if (!seen.has(what)) return seen.add(what) && []
    return [`${what} happened twice`]
  })
}

/** What an agent did stands in the record, and what the record says was done was done. */
const unknownWork = (database: DatabaseSync, stage: Stage): string[] => {
  const sessions = database
    .prepare('SELECT number, attempt, sessions.status FROM sessions JOIN steps USING (run_id, step) WHERE step > 0')
    .all()
  const known = new Set(sessions.map((row) => `${row['number']} ${row['attempt']}`))
  const done = new Set(
    readNotes(stage).flatMap(({ step, attempt, moment }) => (moment === 'done' ? [`${step} ${attempt}`] : [])),
  )
  return [
    ...readNotes(stage)
      .filter(({ step, attempt, moment }) => moment === 'begun' && !known.has(`${step} ${attempt}`))
      .map(({ step, attempt }) => `attempt ${attempt} of step ${step} is not on record`),
    ...sessions
      .filter((row) => row['status'] === 'completed' && !done.has(`${row['number']} ${row['attempt']}`))
      .map((row) => `attempt ${row['attempt']} of step ${row['number']} is completed, and its agent was not done`),
  ]
}
