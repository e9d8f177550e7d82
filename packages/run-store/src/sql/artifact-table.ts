import type { ArtifactRecord, NewArtifact } from '../artifact-record.ts'
import { flag, integer, text } from './column.ts'
import { columnList, insertInto, overwriteWithExcluded, type Table } from './table.ts'

export const artifactTable: Table<ArtifactRecord> = {
  name: 'artifacts',
  columns: {
    runId: text,
    step: integer,
    name: text,
    path: text,
    size: integer,
    sha256: text,
    createdAt: integer,
  },
}

export const newArtifactTable: Table<Required<NewArtifact>> = {
  name: 'artifacts',
  columns: { ...artifactTable.columns, isInternal: flag },
}

/** A step that is run again writes its files again, under the same names. */
export const upsertArtifact: string = `${insertInto(newArtifactTable)}
  ON CONFLICT (run_id, step, name) DO UPDATE SET ${overwriteWithExcluded(newArtifactTable, ['runId', 'step', 'name'])}`

const selectOfRun = `SELECT ${columnList(artifactTable)} FROM artifacts WHERE run_id = :run_id`
const inOrder = 'ORDER BY step, name'
export const selectArtifacts: string = `${selectOfRun} ${inOrder}`
export const selectArtifactsOfStep: string = `${selectOfRun} AND step = :step ${inOrder}`
/** Found by an index that has no others. */
export const selectArtifactsToBuildOn: string = `${selectOfRun} AND is_internal = 0 ${inOrder}`
