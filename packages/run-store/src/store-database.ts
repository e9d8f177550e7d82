import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { begin, commit, type Durability, durability, rollback } from './sql/pragmas.ts'
import { type Cells, decodeRow, encodeRow, type Table } from './sql/table.ts'
import { explainBadCell, explainBadValue, explainSqliteError, type StorePlace } from './sqlite-error.ts'
import { StoreClosedError } from './store-error.ts'

/** An open connection: prepared statements, records in and out, transactions, errors in this package's words. */
export class StoreDatabase {
  readonly #connection: DatabaseSync
  readonly #place: StorePlace
  /** As `openDatabase` leaves it. */
  #durability: Durability = 'light'
  readonly #statements = new Map<string, StatementSync>()

  constructor(connection: DatabaseSync, place: StorePlace) {
    this.#connection = connection
    this.#place = place
  }

  get path(): string {
    return this.#place.path
  }

  get isOpen(): boolean {
    return this.#connection.isOpen
  }

  /** The records that a query selects. */
  list<Row>(table: Table<Row>, sql: string, parameters: Cells): readonly Row[] {
    const rows = this.#guard(() => this.#prepared(sql).all(parameters))
    return translate(
      () => rows.map((row) => decodeRow(table, row)),
      (error) => explainBadCell(this.#place, error),
    )
  }

  /** The cells of one row, for queries whose answer is no record. */
  row(sql: string, parameters: Cells): Readonly<Record<string, unknown>> | undefined {
    return this.#guard(() => this.#prepared(sql).get(parameters))
  }

  /** The cells of every row, likewise. */
  rows(sql: string, parameters: Cells): readonly Readonly<Record<string, unknown>>[] {
    return this.#guard(() => this.#prepared(sql).all(parameters))
  }

  /** Writes one whole record with a statement that names all its columns; returns how many rows changed. */
  save<Row>(table: Table<Row>, sql: string, row: Row, more: Cells = {}, omitted: readonly (keyof Row)[] = []): number {
    return this.run(
      sql,
      Object.assign(
        encoded(() => encodeRow(table, row, omitted)),
        more,
      ),
    )
  }

  /** Returns how many rows changed. */
  run(sql: string, parameters: Cells): number {
    return this.#guard(() => Number(this.#prepared(sql).run(parameters).changes))
  }

  /**
   * All of `work` or nothing. IMMEDIATE takes the one write lock at the start, where waiting for it is possible: a
   * transaction that reads first and writes later can be told that its view is too old, and no waiting cures that.
   */
  transaction<T>(work: () => T, wanted: Durability = 'full'): T {
    return this.#guard(() => {
      this.#setDurability(wanted)
      this.#connection.exec(begin)
      try {
        const result = work()
        this.#connection.exec(commit)
        return result
      } catch (error) {
        if (this.#connection.isTransaction) this.#connection.exec(rollback)
        throw error
      }
    })
  }

  /** Work that is one statement, which is a transaction by itself. */
  alone<T>(work: () => T, wanted: Durability): T {
    return this.#guard(() => {
      this.#setDurability(wanted)
      return work()
    })
  }

  /** For statements that manage their own transaction, or must stand outside of any. */
  execute(sql: string): void {
    this.#guard(() => this.#connection.exec(sql))
  }

  close(): void {
    this.#statements.clear()
    if (this.#connection.isOpen) this.#connection.close()
  }

  #setDurability(wanted: Durability): void {
    if (this.#durability === wanted) return
    this.#connection.exec(durability[wanted])
    this.#durability = wanted
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.#connection.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  #guard<T>(work: () => T): T {
    if (!this.isOpen) throw new StoreClosedError(this.path)
    return translate(work, (error) => explainSqliteError(this.#place, error))
  }
}

/** Encodes what a caller gave; a value that cannot be kept becomes a `StoreInputError`. */
export function encoded<T>(encode: () => T): T {
  return translate(encode, explainBadValue)
}

function translate<T>(work: () => T, explain: (error: unknown) => unknown): T {
  try {
    return work()
  } catch (error) {
    throw explain(error)
  }
}
