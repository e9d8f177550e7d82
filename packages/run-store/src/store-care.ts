import type { ArtifactRecord } from './artifact-record.ts'

export interface GcOptions {
  /** Runs that ended longer ago are deleted, in milliseconds. */
  readonly keepMs: number
  /** Also `interrupted` runs, which could still be resumed. @default false */
  readonly interrupted?: boolean
  /** Of runs that ended longer ago than this the newest `eventsPerRun` events are kept. @default one day */
  readonly thinAfterMs?: number
  /** @default 100 */
  readonly eventsPerRun?: number
}

export interface GcReport {
  /** Ids of the runs that were deleted: their artifact folders can go. */
  readonly runs: readonly string[]
  /** The artifacts of these runs, whose rows are gone: files to delete now. What is left behind, `sweepArtifacts` finds. */
  readonly artifacts: readonly ArtifactRecord[]
  readonly events: number
  readonly bytesBefore: number
  readonly bytesAfter: number
}

export interface SweepOptions {
  /** The folder that holds one folder of artifacts for each run. */
  readonly artifactFolder: string
  /** Deletes what is found. @default false */
  readonly remove?: boolean
}

/** Files, absolute, of runs that nobody works on: leftovers of a write that was cut off, and files that no row names. */
export interface ArtifactSweep {
  readonly temporary: readonly string[]
  readonly unrecorded: readonly string[]
}

export interface CheckOptions {
  /** The folder that holds one folder of artifacts for each run. @default artifacts are not looked at */
  readonly artifactFolder?: string
}

export type FindingCode =
  | 'integrity'
  | 'version'
  | 'rollups'
  | 'orphans'
  | 'artifacts'
  | 'leases'
  | 'queue'
  | 'limits'
  | 'size'
  | 'disk'

/** One thing that was looked at. */
export interface Finding {
  readonly code: FindingCode
  readonly level: 'ok' | 'warning' | 'error'
  /** What was found, in one line. */
  readonly message: string
  /** What to do; `null` when all is well. */
  readonly advice: string | null
}

export interface StoreCare {
  /**
   * Deletes what ended long ago, a few hundred runs in each transaction so that others get their turn; then gives space
   * back and empties the log. Runs that have not ended are never touched.
   */
  gc(options: GcOptions): Promise<GcReport>
  /**
   * Writes a whole, consistent copy to a new file while others go on writing; blocks this thread meanwhile. Rejects with
   * `BACKUP_EXISTS` when there is such a file, `STORE_UNWRITABLE` when it cannot be written; nothing is left behind then.
   */
  backup(file: string): Promise<void>
  /** Looks at everything that can be wrong with a store, and changes nothing. */
  check(options?: CheckOptions): Promise<readonly Finding[]>
  /** Files that belong to no record. Runs that have not ended are left alone. */
  sweepArtifacts(options: SweepOptions): Promise<ArtifactSweep>
}
