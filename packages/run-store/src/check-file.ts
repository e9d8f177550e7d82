import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileSize } from './collect-garbage.ts'
import { failure, fine, warning } from './finding.ts'
import {
  foreignKeyCheck,
  integrityCheck,
  selectDurationDifferences,
  selectRunCountDifferences,
  selectStepCountDifferences,
  selectVersions,
} from './sql/check-queries.ts'
import { selectSize } from './sql/gc-queries.ts'
import { SCHEMA_VERSION } from './sql/migrations.ts'
import { selectUsageDifferences } from './sql/run-usage.ts'
import type { Finding } from './store-care.ts'
import type { StoreContext } from './store-context.ts'
import { StoreCorruptError } from './store-error.ts'

const MEGABYTE = 1024 * 1024

/** SQLite copies the log into the file at 4 MB; a log this large has been kept from it. */
const LARGE_LOG_BYTES = 64 * MEGABYTE
const LITTLE_SPACE_BYTES = 1024 * MEGABYTE
const NO_SPACE_BYTES = 64 * MEGABYTE

const asideAdvice =
  'Stop using it: move it aside with its -wal file and restore a backup, or recover it with "sqlite3 FILE .recover"'

export function checkIntegrity({ database }: StoreContext): Finding {
  try {
    const found = database.rows(integrityCheck, {}).map((row) => String(row['integrity_check']))
    const loose = database.rows(foreignKeyCheck, {}).map((row) => `${row['rows']} loose rows in ${row['name']}`)
    const damage = [...found.filter((line) => line !== 'ok'), ...loose]
    if (damage.length === 0) return fine('integrity', 'Every page and every reference is intact')
    return failure('integrity', `The file is damaged: ${damage.join('; ').replace(/\s+/g, ' ')}`, asideAdvice)
  } catch (error) {
    if (!(error instanceof StoreCorruptError)) throw error
    return failure('integrity', error.message, asideAdvice)
  }
}

export function checkVersion({ database }: StoreContext): Finding {
  const found = database.row(selectVersions, {})
  const message = `Schema version ${found?.['version']} of ${SCHEMA_VERSION}, SQLite ${found?.['sqlite']}, Node ${process.version}`
  if (found?.['version'] === SCHEMA_VERSION) return fine('version', message)
  return failure('version', message, 'Another release has changed the store while it was open: update this program')
}

const ROLLUP_DIFFERENCES = [
  selectRunCountDifferences,
  selectDurationDifferences,
  selectStepCountDifferences,
  selectUsageDifferences,
]

export function checkRollups({ database }: StoreContext): Finding {
  const differences = ROLLUP_DIFFERENCES.flatMap((sql) => database.rows(sql, {}))
  if (differences.length === 0) return fine('rollups', 'The statistics agree with the runs')
  return failure(
    'rollups',
    `The statistics differ from the runs in ${differences.length} places`,
    'Another program has written into the store: what it changed cannot be relied on',
  )
}

export function checkSize({ database }: StoreContext): Finding {
  const size = database.row(selectSize, {})
  const log = fileSize(`${database.path}-wal`)
  const free = Number(size?.['free']) * Number(size?.['page_bytes'])
  const message = `${megabytes(fileSize(database.path))}, of which ${megabytes(free)} are free, and a log of ${megabytes(log)}`
  if (log > LARGE_LOG_BYTES)
    return warning(
      'size',
      message,
      'A process reads without end and keeps the log from being emptied: end it, then run gc',
    )
  if (free > LARGE_LOG_BYTES) return warning('size', message, 'Run gc, which gives the free space back')
  return fine('size', message)
}

export function checkDisk({ database }: StoreContext): Finding {
  const { bavail, bsize } = statfsSync(dirname(database.path))
  const left = bavail * bsize
  const message = `${megabytes(left)} are left on the disk of the store`
  if (left < NO_SPACE_BYTES) return failure('disk', message, 'Make room now: nothing can be accepted on a full disk')
  if (left < LITTLE_SPACE_BYTES) return warning('disk', message, 'Make room, or run gc')
  return fine('disk', message)
}

function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`
}
