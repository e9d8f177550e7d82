import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { loadSqlite } from './load-sqlite.ts'
import { APPLICATION_ID, migrations, SCHEMA_VERSION } from './sql/migrations.ts'
import {
  begin,
  commit,
  durability,
  foreignKeys,
  giveBackPages,
  markVersion,
  quickCheck,
  readOnly,
  rollback,
  selectBrokenReference,
  selectHeader,
  writeAheadLog,
} from './sql/pragmas.ts'
import { explainSqliteError, type StorePlace } from './sqlite-error.ts'
import { StoreDatabase } from './store-database.ts'
import {
  StoreCorruptError,
  StoreNewerVersionError,
  StoreNotADatabaseError,
  StoreOlderVersionError,
} from './store-error.ts'
import { assertStoreFile, isWritable, prepareStoreFile } from './store-folder.ts'

/**
 * Up to this size a store is checked as a whole when it is opened. That takes about 5 ms for each megabyte (measured on a
 * store of 20,000 runs, 11 MB: 52 ms), and a command line has to answer soon. Above, damage shows when it is read.
 */
const QUICK_CHECK_LIMIT_BYTES = 4 * 1024 * 1024

interface Header {
  readonly applicationId: number
  readonly version: number
  readonly objects: number
  readonly bytes: number
}

/** Opens, inspects and, if need be, creates or migrates a store. A file that is refused stays as it was. */
export function openDatabase(place: StorePlace, forReading: boolean): StoreDatabase {
  if (forReading) assertStoreFile(place.path)
  else prepareStoreFile(place.path)
  const { connection, hadLog } = connect(place, forReading)
  try {
    inspect(connection, place.path, forReading)
    if (forReading) connection.exec(readOnly)
    else prepareForWriting(connection, place.path)
    return new StoreDatabase(connection, place)
  } catch (error) {
    closeUntouched(connection, place.path, hadLog)
    throw explainSqliteError(place, error)
  }
}

/**
 * A reader gets a writable connection where it can, held back by `query_only`: only such a connection clears -wal and
 * -shm away when it is the last to close.
 */
function connect(place: StorePlace, forReading: boolean): { connection: DatabaseSync; hadLog: boolean } {
  const hadLog = hasLog(place.path)
  const { DatabaseSync } = loadSqlite()
  const options = { timeout: place.busyTimeoutMs, readOnly: forReading && !isWritable(place.path) }
  try {
    return { connection: new DatabaseSync(place.path, options), hadLog }
  } catch (error) {
    throw explainSqliteError(place, error)
  }
}

/** Throws for a file that is not a store of this version or an older one. Writes nothing. */
function inspect(connection: DatabaseSync, path: string, forReading: boolean): void {
  const header = readHeader(connection)
  const isFresh = header.applicationId === 0 && header.version === 0 && header.objects === 0
  if (header.applicationId !== APPLICATION_ID && !isFresh)
    throw new StoreNotADatabaseError(path, 'it is the SQLite database of another program')
  if (header.version > SCHEMA_VERSION) throw new StoreNewerVersionError(path, header.version, SCHEMA_VERSION)
  if (forReading && header.version < SCHEMA_VERSION)
    throw new StoreOlderVersionError(path, header.version, SCHEMA_VERSION)
  if (header.bytes <= QUICK_CHECK_LIMIT_BYTES) assertIntact(connection, path)
}

function readHeader(connection: DatabaseSync): Header {
  const row = connection.prepare(selectHeader).get()
  return {
    applicationId: Number(row?.['application_id']),
    version: Number(row?.['user_version']),
    objects: Number(row?.['objects']),
    bytes: Number(row?.['bytes']),
  }
}

function assertIntact(connection: DatabaseSync, path: string): void {
  const answer = connection.prepare(quickCheck).get()?.['quick_check']
  if (answer !== 'ok') throw new StoreCorruptError(path, String(answer))
}

function prepareForWriting(connection: DatabaseSync, path: string): void {
  connection.exec(durability.light)
  if (readHeader(connection).objects === 0) connection.exec(giveBackPages)
  connection.exec(writeAheadLog)
  if (readHeader(connection).version < SCHEMA_VERSION) migrate(connection, path)
}

/** Another process may have migrated while this one waited for the lock: the version is read again under it. */
function migrate(connection: DatabaseSync, path: string): void {
  // Outside the transaction, where alone it has an effect: a table that is made anew must not take along what refers to it.
  connection.exec(foreignKeys.ignored)
  migrateWhole(connection, path)
  connection.exec(foreignKeys.enforced)
}

function migrateWhole(connection: DatabaseSync, path: string): void {
  connection.exec(begin)
  try {
    const { version } = readHeader(connection)
    if (version > SCHEMA_VERSION) throw new StoreNewerVersionError(path, version, SCHEMA_VERSION)
    for (const migration of migrations.slice(version)) connection.exec(migration)
    assertReferences(connection, path)
    connection.exec(markVersion(SCHEMA_VERSION))
    connection.exec(commit)
  } catch (error) {
    if (connection.isTransaction) connection.exec(rollback)
    throw error
  }
}

/** Every row is still there that another one refers to. */
function assertReferences(connection: DatabaseSync, path: string): void {
  const broken = connection.prepare(selectBrokenReference).get()
  if (broken === undefined) return
  throw new StoreCorruptError(path, `table ${String(broken['name'])} refers to rows that are not there`)
}

/**
 * The last connection to close writes a leftover log into the file. A second one that only reads prevents it: while it
 * is open the first is not the last, and itself it may not write. Without a log there is nothing to write, and SQLite
 * clears away what it made.
 */
function closeUntouched(connection: DatabaseSync, path: string, hadLog: boolean): void {
  const keeper = hadLog ? openKeeper(path) : undefined
  connection.close()
  keeper?.close()
}

function openKeeper(path: string): DatabaseSync | undefined {
  const { DatabaseSync } = loadSqlite()
  const keeper = new DatabaseSync(path, { readOnly: true })
  try {
    // Only a connection that has read takes part in the log.
    keeper.prepare(selectHeader).get()
  } catch {
    // A file that cannot be read has no log that could be written into it.
  }
  return keeper
}

function hasLog(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
}
