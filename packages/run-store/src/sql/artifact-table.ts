import type { ArtifactRecord } from '../artifact-record.ts'
import { integer, text } from './column.ts'
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

/** A step that is run again writes its files again, under the same names. */
export const upsertArtifact: string = `${insertInto(artifactTable)}
  ON CONFLICT (run_id, step, name) DO UPDATE SET ${overwriteWithExcluded(artifactTable, ['runId', 'step', 'name'])}`
export const selectArtifacts: string = `SELECT ${columnList(artifactTable)} FROM artifacts
  WHERE run_id = :run_id ORDER BY step, name`
/** By names in JSON: what is left out is not read at all. */
export const selectArtifactsExcept: string = `SELECT ${columnList(artifactTable)} FROM artifacts
  WHERE run_id = :run_id AND name NOT IN (SELECT value FROM json_each(:names)) ORDER BY step, name`
