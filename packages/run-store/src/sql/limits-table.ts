import type { Limits } from '../limits.ts'
import { integer, nullable, real } from './column.ts'
import { assignParameters, columnList, type Table } from './table.ts'

/** One row, always. */
export const limitsTable: Table<Limits> = {
  name: 'limits',
  columns: { workers: nullable(integer), memoryMb: nullable(real), perKey: nullable(integer) },
}

export const selectLimits: string = `SELECT ${columnList(limitsTable)} FROM limits`

export function updateLimits(columns: readonly string[]): string {
  return `UPDATE limits SET ${assignParameters(columns)}`
}
