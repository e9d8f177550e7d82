import { APPLICATION_ID } from './migrations.ts'

/** What the header of the file and its schema say; reading them writes nothing. */
export const selectHeader: string = `SELECT
    (SELECT application_id FROM pragma_application_id) AS application_id,
    (SELECT user_version FROM pragma_user_version) AS user_version,
    (SELECT count(*) FROM sqlite_schema) AS objects,
    (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) AS bytes`

/** One row, `ok`, or the first damage found. */
export const quickCheck: string = 'PRAGMA quick_check(1)'

export const readOnly: string = 'PRAGMA query_only = ON'

/**
 * How much a commit outlives. `light`: the process, by `kill -9` too, because the system has it; a loss of power may take
 * the last of such commits, in order and without damage. `full`: also a loss of power, as far as the disk keeps its word;
 * it takes all earlier commits to the disk with it. Measured on a virtual machine, Node 22 to 26: `light` 0.01 ms,
 * `full` 0.2 ms on an idle disk and 4 ms on a busy one. So runs and steps are `full`: they are few, and a run that was
 * accepted must not vanish; sessions and events are `light`: they may come by the hundred in a second, and the end of
 * their step secures them.
 */
export const durability = {
  light: 'PRAGMA synchronous = NORMAL',
  full: 'PRAGMA synchronous = FULL',
} as const
export type Durability = keyof typeof durability

/** For the lease's thread: a renewal never goes to the disk by itself, and leaves copying the log into the file to others. */
export const lightWriter: string = `${durability.light}; PRAGMA wal_autocheckpoint = 0`

/** Before the first table is made: pages that fall free can then be given back bit by bit. */
export const giveBackPages = 'PRAGMA auto_vacuum = INCREMENTAL'

export const foreignKeys = { enforced: 'PRAGMA foreign_keys = ON', ignored: 'PRAGMA foreign_keys = OFF' } as const
export const selectBrokenReference = 'SELECT "table" AS name FROM pragma_foreign_key_check LIMIT 1'

export const selectDataVersion = 'SELECT data_version FROM pragma_data_version'

/** Readers and one writer do not wait for each other. Kept in the file, so only the first opening writes. */
export const writeAheadLog: string = 'PRAGMA journal_mode = WAL'

export const begin = 'BEGIN IMMEDIATE'
export const commit = 'COMMIT'
export const rollback = 'ROLLBACK'

/** In the transaction of the migration itself, so that schema and version never disagree. */
export function markVersion(version: number): string {
  return `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version}`
}
