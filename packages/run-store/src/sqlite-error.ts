import { FieldError } from './sql/table.ts'
import {
  StoreCorruptError,
  StoreInputError,
  StoreLockedError,
  StoreNotADatabaseError,
  StoreUnwritableError,
} from './store-error.ts'

/** Where an error arose, as far as its message needs to know. */
export interface StorePlace {
  readonly path: string
  readonly busyTimeoutMs: number
}

/** Result codes of SQLite (https://www.sqlite.org/rescode.html); extended ones keep these in their low byte. */
const explain: Readonly<Record<number, (place: StorePlace, error: Error) => Error>> = {
  // The statements of this package fit its schema; where they do not, the file holds another one.
  1: ({ path }, error) => new StoreCorruptError(path, error.message, error), // SQLITE_ERROR
  3: unwritable, // SQLITE_PERM
  5: locked, // SQLITE_BUSY
  6: locked, // SQLITE_LOCKED
  8: unwritable, // SQLITE_READONLY
  10: unwritable, // SQLITE_IOERR
  11: ({ path }, error) => new StoreCorruptError(path, error.message, error), // SQLITE_CORRUPT
  13: unwritable, // SQLITE_FULL
  14: unwritable, // SQLITE_CANTOPEN
  18: refused, // SQLITE_TOOBIG
  19: refused, // SQLITE_CONSTRAINT
  20: refused, // SQLITE_MISMATCH
  26: ({ path }, error) => new StoreNotADatabaseError(path, 'it is not an SQLite database', error), // SQLITE_NOTADB
}

/** What SQLite reported, in this package's words; what it does not know stays what it is. */
export function explainSqliteError(place: StorePlace, error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error)) return error
  return explain[Number(error.errcode) & 0xff]?.(place, error) ?? error
}

/** A cell that no release of this package wrote. */
export function explainBadCell(place: StorePlace, error: unknown): unknown {
  if (!(error instanceof FieldError)) return error
  return new StoreCorruptError(place.path, `${error.place} does not hold ${error.expected}`, error)
}

/** A value that a caller gave. */
export function explainBadValue(error: unknown): unknown {
  if (!(error instanceof FieldError)) return error
  return new StoreInputError(error.place, error.expected, error.got, error)
}

function locked({ path, busyTimeoutMs }: StorePlace, error: Error): Error {
  return new StoreLockedError(path, busyTimeoutMs, error)
}

function unwritable({ path }: StorePlace, error: Error): Error {
  return new StoreUnwritableError(path, error.message, error)
}

function refused(_place: StorePlace, error: Error): Error {
  return new StoreInputError('Record', 'values that the table accepts', error.message, error)
}
