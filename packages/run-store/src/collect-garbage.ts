import { statSync } from 'node:fs'
import type { ArtifactRecord } from './artifact-record.ts'
import { artifactTable, selectArtifacts } from './sql/artifact-table.ts'
import {
  deleteOldEvents,
  deleteOldSessions,
  deleteRun,
  emptyLog,
  selectOldRuns,
  selectSize,
  selectWordyRuns,
  thinEvents,
  vacuumBitByBit,
  vacuumWhole,
} from './sql/gc-queries.ts'
import { deleteIdleHosts } from './sql/host-table.ts'
import type { GcOptions, GcReport } from './store-care.ts'
import { type StoreContext, write } from './store-context.ts'
import { StoreInputError } from './store-error.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const defaults = { interrupted: false, thinAfterMs: DAY_MS, eventsPerRun: 100 } satisfies Partial<GcOptions>

/** Other writers wait for each batch: it takes some ten milliseconds. */
const RUNS_PER_TRANSACTION = 200

interface Deleted {
  readonly runs: string[]
  readonly artifacts: ArtifactRecord[]
}

/** Deletes what ended long ago and gives its space back. */
export async function collectGarbage(context: StoreContext, options: GcOptions): Promise<GcReport> {
  const { keepMs, interrupted, thinAfterMs, eventsPerRun } = { ...defaults, ...options }
  assertWhole({ keepMs, thinAfterMs, eventsPerRun })
  const bytesBefore = sizeOf(context)
  const before = context.now() - keepMs
  const deleted: Deleted = { runs: [], artifacts: [] }
  while (deleteBatch(context, { before, interrupted: interrupted ? 1 : 0 }, deleted)) await nextTurn()
  const events = await thin(context, context.now() - thinAfterMs, eventsPerRun)
  write(context, () => {
    context.database.run(deleteOldSessions, { before })
    context.database.run(deleteOldEvents, { before })
    context.database.run(deleteIdleHosts, {})
  })
  giveBack(context)
  return { ...deleted, events, bytesBefore, bytesAfter: sizeOf(context) }
}

/** Whether there may be more. */
function deleteBatch(
  context: StoreContext,
  which: { readonly before: number; readonly interrupted: number },
  deleted: Deleted,
): boolean {
  const { database } = context
  const artifacts: ArtifactRecord[] = []
  const runs = write(context, () => {
    const found = database.rows(selectOldRuns, { ...which, limit: RUNS_PER_TRANSACTION })
    const ids = found.map((row) => String(row['run_id']))
    for (const runId of ids) {
      artifacts.push(...database.list(artifactTable, selectArtifacts, { run_id: runId }))
      database.run(deleteRun, { run_id: runId })
    }
    return ids
  })
  deleted.runs.push(...runs)
  deleted.artifacts.push(...artifacts)
  return runs.length === RUNS_PER_TRANSACTION
}

async function thin(context: StoreContext, before: number, kept: number): Promise<number> {
  let events = 0
  for (const row of context.database.rows(selectWordyRuns, { before, kept })) {
    events += write(context, () => context.database.run(thinEvents, { run_id: String(row['run_id']), kept }), 'light')
    await nextTurn()
  }
  return events
}

/** A page that fell free is used again; given back are those that many deletions leave. */
function giveBack({ database }: StoreContext): void {
  const size = database.row(selectSize, {})
  if (Number(size?.['free']) > 0) {
    if (Number(size?.['auto_vacuum']) > 0) database.execute(vacuumBitByBit)
    else if (Number(size?.['free']) * 4 > Number(size?.['pages'])) database.execute(vacuumWhole)
  }
  database.row(emptyLog, {})
}

function sizeOf({ database }: StoreContext): number {
  return fileSize(database.path) + fileSize(`${database.path}-wal`)
}

export function fileSize(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

/** Lets the process do something else, and other writers have the lock. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function assertWhole(options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options))
    if (!Number.isSafeInteger(value) || value < 0)
      throw new StoreInputError(`Option ${name}`, 'a whole number of at least 0', value)
}
