import type { ErrorRecord } from '../error-record.ts'
import type { JsonValue } from '../json-value.ts'

/** What SQLite keeps in a cell here. */
export type Cell = string | number | null | Uint8Array

/**
 * How one field is kept in one column. Written by hand rather than with a schema library: that costs 40 to 150 ms of
 * start-up, which a command line would feel on every call, where this costs nothing measurable.
 */
export interface Column<T> {
  /** Throws `ColumnError` for a value that the column does not keep. */
  readonly encode: (value: T) => Cell
  /** Throws `ColumnError` for a cell that no `encode` wrote. */
  readonly decode: (cell: unknown) => T
}

export class ColumnError extends Error {
  readonly expected: string
  readonly got: unknown
  constructor(expected: string, got: unknown, cause?: unknown) {
    super(`expected ${expected}, got ${typeof got}`, cause === undefined ? undefined : { cause })
    this.expected = expected
    this.got = got
  }
}

/**
 * Ids, names, paths: kept as they are, readable by other tools. NUL is refused because Node 22 and 24 cut a text there
 * when reading it (measured on 22.18 and 24.0), lone surrogates because UTF-8 has none: both would come back changed.
 */
export const text: Column<string> = same('text without NUL and lone surrogates', isPlainText)

/** What people and programs write: any string at all comes back unchanged, because JSON escapes what SQL would lose. */
export const freeText: Column<string> = {
  encode: (value) => JSON.stringify(expectString(value)),
  decode: (cell) => expectString(parseJson(cell)),
}

export const integer: Column<number> = same('a whole number', (value) => Number.isSafeInteger(value))

export const real: Column<number> = same('a finite number', (value) => Number.isFinite(value))

export const bytes: Column<Uint8Array> = same('bytes', (value) => value instanceof Uint8Array)

export const flag: Column<boolean> = {
  encode: (value) => (expect('true or false', value, typeof value === 'boolean') ? 1 : 0),
  decode: (cell) => expect('0 or 1', cell, cell === 0 || cell === 1) === 1,
}

export const json: Column<JsonValue> = { encode: stringifyJson, decode: parseJson }

export const errorRecord: Column<ErrorRecord> = {
  encode: ({ name, message, code }) => JSON.stringify(expectError({ name, message, code: code ?? null })),
  decode: (cell) => expectError(parseJson(cell)),
}

export function oneOf<T extends string>(...values: readonly T[]): Column<T> {
  const known: ReadonlySet<unknown> = new Set(values)
  return same<T>(`one of ${values.join(', ')}`, (value) => known.has(value))
}

export function nullable<T>(column: Column<T>): Column<T | null> {
  return {
    encode: (value) => (value === null || value === undefined ? null : column.encode(value)),
    decode: (cell) => (cell === null ? null : column.decode(cell)),
  }
}

function same<T extends Cell>(expected: string, accepts: (value: unknown) => boolean): Column<T> {
  const check = (value: unknown): T => expect(expected, value, accepts(value)) as T
  return { encode: check, decode: check }
}

function expect<T>(expected: string, value: T, holds: boolean): T {
  if (!holds) throw new ColumnError(expected, value)
  return value
}

function expectString(value: unknown): string {
  return expect('text', value, typeof value === 'string') as string
}

function expectError(value: unknown): ErrorRecord {
  const { name, message, code } = Object(value) as Partial<ErrorRecord>
  const holds = typeof name === 'string' && typeof message === 'string' && (code === null || typeof code === 'string')
  return expect('an error with name, message and code', value, holds) as ErrorRecord
}

function isPlainText(value: unknown): boolean {
  return typeof value === 'string' && !value.includes('\0') && value.isWellFormed()
}

function parseJson(cell: unknown): JsonValue {
  try {
    return JSON.parse(expectString(cell)) as JsonValue
  } catch (error) {
    throw new ColumnError('JSON', cell, error)
  }
}

function stringifyJson(value: JsonValue): string {
  try {
    return expectString(JSON.stringify(value))
  } catch (error) {
    throw new ColumnError('a value that JSON can hold', value, error)
  }
}
