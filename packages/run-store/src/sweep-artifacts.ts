import { lstatSync, readdirSync, rmSync } from 'node:fs'
import { basename, join, relative, resolve, sep } from 'node:path'
import { hasEnded } from './run-status.ts'
import { artifactTable, selectArtifacts } from './sql/artifact-table.ts'
import { runTable, selectRun } from './sql/run-table.ts'
import type { ArtifactSweep, SweepOptions } from './store-care.ts'
import type { StoreContext } from './store-context.ts'

/** As the writers of artifacts name what they have not finished: `plan.md.0a1b2c3d4e5f.tmp`. */
const TEMPORARY = /\.[0-9a-f]{12}\.tmp$/

/** Finds and, if told to, deletes files that belong to no record. */
export function sweepArtifacts(context: StoreContext, { artifactFolder, remove = false }: SweepOptions): ArtifactSweep {
  const found = runFolders(artifactFolder).flatMap((folder) => looseFiles(context, folder))
  const temporary = found.filter((path) => TEMPORARY.test(path))
  const unrecorded = found.filter((path) => !TEMPORARY.test(path))
  if (remove) for (const path of found) rmSync(path, { force: true })
  return { temporary, unrecorded }
}

/** Files of one run that no row names. The row is asked for after the file was seen: a file is written before its row. */
function looseFiles({ database }: StoreContext, folder: string): readonly string[] {
  const runId = basename(folder)
  const files = filesIn(folder)
  const run = database.list(runTable, selectRun, { run_id: runId })[0]
  if (run !== undefined && !hasEnded(run.status)) return []
  const recorded = new Set(
    database.list(artifactTable, selectArtifacts, { run_id: runId }).map(({ path }) => resolve(path)),
  )
  return files.filter((path) => !recorded.has(path))
}

export function runFolders(artifactFolder: string): readonly string[] {
  return entriesOf(artifactFolder)
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(resolve(artifactFolder), entry.name))
}

/** All that is not a folder, links included, which are never followed. */
function filesIn(folder: string): readonly string[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesIn(path) : [path]
  })
}

function entriesOf(folder: string): readonly { readonly name: string; isDirectory(): boolean }[] {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return []
  return readdirSync(folder, { withFileTypes: true })
}

/** Whether a path lies in a folder. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`)
}
