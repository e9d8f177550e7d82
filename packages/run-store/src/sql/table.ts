import { type Cell, type Column, ColumnError } from './column.ts'

/** One table: its name and how each field of a record is kept. Column names are the fields' names in snake case. */
export interface Table<Row> {
  readonly name: string
  readonly columns: { readonly [Field in keyof Row]-?: Column<Row[Field]> }
}

export type Cells = Record<string, Cell>

/** A `ColumnError` with the place at which it arose. */
export class FieldError extends Error {
  readonly place: string
  readonly expected: string
  readonly got: unknown
  constructor(place: string, error: ColumnError) {
    super(`${place}: ${error.message}`, { cause: error })
    this.place = place
    this.expected = error.expected
    this.got = error.got
  }
}

/** `run_id, prompt, …`: what to select. */
export function columnList<Row>(table: Table<Row>): string {
  return Object.keys(table.columns).map(columnName).join(', ')
}

/** `INSERT INTO runs (run_id, …, <more>) VALUES (:run_id, …, :<more>)`; `omitted` fields are the database's to fill. */
export function insertInto<Row>(
  table: Table<Row>,
  more: readonly string[] = [],
  omitted: readonly (keyof Row)[] = [],
): string {
  const fields = Object.keys(table.columns).filter((field) => !omitted.some((other) => other === field))
  const names = [...fields.map(columnName), ...more]
  return `INSERT INTO ${table.name} (${names.join(', ')}) VALUES (${names.map((name) => `:${name}`).join(', ')})`
}

/** `a = excluded.a, …` for every column except the key: the second half of an upsert. */
export function overwriteWithExcluded<Row>(table: Table<Row>, key: readonly (keyof Row)[]): string {
  return assignments(
    Object.keys(table.columns).filter((field) => !key.some((part) => part === field)),
    (name) => `excluded.${name}`,
  )
}

/** `a = :a, …` for the fields given. */
export function assignParameters(fields: readonly string[]): string {
  return assignments(fields, (name) => `:${name}`)
}

/** The fields given, as named parameters. A field given as `undefined` counts as left out. Throws `FieldError`. */
export function encodeFields<Row>(table: Table<Row>, fields: Partial<Row>): Cells {
  const cells: Cells = {}
  for (const { field, name, column } of columnsOf(table)) {
    const value = fields[field as keyof Row]
    if (value !== undefined) cells[name] = at(table, field, () => column.encode(value))
  }
  return cells
}

/** A whole record as named parameters. Throws `FieldError`, also for a field that is missing. */
export function encodeRow<Row>(table: Table<Row>, row: Row, omitted: readonly (keyof Row)[] = []): Cells {
  const cells: Cells = {}
  for (const { field, name, column } of columnsOf(table)) {
    if (omitted.includes(field as keyof Row)) continue
    try {
      cells[name] = column.encode(row[field as keyof Row])
    } catch (error) {
      throw placed(error, table, field)
    }
  }
  return cells
}

/** A selected row as a record. Throws `FieldError` for a cell that this package did not write. */
export function decodeRow<Row>(table: Table<Row>, cells: Record<string, unknown>): Row {
  const row: Record<string, unknown> = {}
  for (const { field, name, column } of columnsOf(table)) {
    try {
      row[field] = column.decode(cells[name])
    } catch (error) {
      throw placed(error, table, field)
    }
  }
  return row as Row
}

export function columnName(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function assignments(fields: readonly string[], value: (name: string) => string): string {
  return fields.map((field) => `${columnName(field)} = ${value(columnName(field))}`).join(', ')
}

interface NamedColumn {
  readonly field: string
  readonly name: string
  readonly column: Column<unknown>
}

/** Thousands of rows may be read at one time: what is the same for all is found out once. */
const named = new WeakMap<object, readonly NamedColumn[]>()

function columnsOf<Row>(table: Table<Row>): readonly NamedColumn[] {
  const known = named.get(table)
  if (known !== undefined) return known
  const columns = Object.entries(table.columns) as [string, Column<unknown>][]
  const found = columns.map(([field, column]) => ({ field, name: columnName(field), column }))
  named.set(table, found)
  return found
}

function at<T>(table: { readonly name: string }, field: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw placed(error, table, field)
  }
}

function placed(error: unknown, table: { readonly name: string }, field: string): unknown {
  return error instanceof ColumnError ? new FieldError(`${table.name}.${field}`, error) : error
}
