import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { RUN_ID } from './next-command.ts'
import { filesOf, type Stage } from './stage.ts'

/** What a run has come to, seen from outside, as lines that can be compared: what is looked at, and what is there. */
export type Ending = ReadonlyMap<string, string>

/** Left with every step; what the agent was told names its attempts, and the plan names its folder. */
const OF_THE_ATTEMPT = /^(prompt\.md|context\.json|plan-.*)$/

export const readEnding = (stage: Stage): Ending => {
  const database = new DatabaseSync(stage.database, { readOnly: true, timeout: 10_000 })
  try {
    return new Map([
      ...query(database, 'SELECT status, error FROM runs').map(
        (row) => ['run', `${row['status']} ${row['error']}`] as const,
      ),
      ...query(database, 'SELECT number, status, round, error FROM steps ORDER BY step').map(
        (row) => [`step ${row['number']}`, `${row['status']}, round ${row['round']}, ${row['error']}`] as const,
      ),
      ...attempts(database),
      ...query(database, 'SELECT step, name, sha256 FROM artifacts ORDER BY step, name')
        .filter(({ name }) => !OF_THE_ATTEMPT.test(String(name)) && !String(name).includes('/'))
        .map((row) => [`artifact ${row['name']} of step ${row['step']}`, String(row['sha256'])] as const),
      ...gates(stage),
      ...filesOf(stage).map((path) => [`file ${path}`, checksum(join(stage.repository, path))] as const),
    ])
  } finally {
    database.close()
  }
}

/** Both ways: what is missing is a difference too. */
export const differences = (expected: Ending, found: Ending, ignores: (what: string) => boolean): string[] =>
  [...new Set([...expected.keys(), ...found.keys()])]
    .filter((what) => !ignores(what) && expected.get(what) !== found.get(what))
    .map((what) => `${what}: expected ${expected.get(what) ?? 'nothing'}, found ${found.get(what) ?? 'nothing'}`)

/** Those that came to an end; how many were lost depends on who was killed. */
const attempts = (database: DatabaseSync): (readonly [string, string])[] =>
  query(
    database,
    `SELECT step, status, count(*) AS times FROM sessions WHERE status NOT IN ('lost', 'interrupted')
      GROUP BY step, status ORDER BY step, status`,
  ).map((row) => [`attempts of step ${row['step']} that are ${row['status']}`, String(row['times'])])

const gates = ({ artifacts }: Stage): (readonly [string, string])[] => {
  const folder = join(artifacts, RUN_ID, 'gates')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => {
      const { checkedAt: _checkedAt, ...gate } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
      return [`gate ${relative(folder, path)}`, JSON.stringify(gate)] as const
    })
}

const query = (database: DatabaseSync, sql: string): Readonly<Record<string, unknown>>[] =>
  database.prepare(sql).all() as Readonly<Record<string, unknown>>[]

const checksum = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')
