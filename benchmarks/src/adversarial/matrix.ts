import type { Environment } from '../common/environment.ts'
import { taskNames } from './catalogue/index.ts'
import type { CellRecord } from './cell.ts'
import { subjectNames } from './subjects/index.ts'

/** Everything that one run of the matrix found; every table is made of this and nothing else. */
export interface Matrix {
  readonly environment: Environment
  readonly seed: number
  readonly tookMs: number
  /** Of the subjects that are somebody else's. */
  readonly versions: Readonly<Record<string, string>>
  readonly lacks: Readonly<Record<string, string>>
  readonly records: readonly CellRecord[]
}

/** The later one, with those cells of the earlier one that it has not tried. */
export const mergeMatrices = (earlier: Matrix, later: Matrix): Matrix => ({
  ...later,
  versions: { ...earlier.versions, ...later.versions },
  lacks: { ...earlier.lacks, ...later.lacks },
  records: mergeRecords(earlier.records, later.records),
})

/** A later record takes the place of that of the same cell; cells that do not exist any more are let go. In order. */
export const mergeRecords = (earlier: readonly CellRecord[], later: readonly CellRecord[]): CellRecord[] => {
  const cells = new Map([...earlier, ...later].map((record) => [`${record.subject} ${record.task}`, record]))
  return subjectNames.flatMap((subject) => taskNames.flatMap((task) => cells.get(`${subject} ${task}`) ?? []))
}

/** JSON with a line for each record, so that a change of one shows as such. */
export const formatMatrix = ({ records, ...head }: Matrix): string => {
  const lines = records.map((record) => `    ${JSON.stringify(record)}`).join(',\n')
  return `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "records": [\n${lines}\n  ]\n}`
}
