import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { failure, fine, warning } from './finding.ts'
import { selectArtifactFiles } from './sql/check-queries.ts'
import type { Finding } from './store-care.ts'
import type { StoreContext } from './store-context.ts'
import { isWithin, sweepArtifacts } from './sweep-artifacts.ts'

/** Rows without their file, and files without a row. */
export function checkArtifacts(context: StoreContext, artifactFolder: string): Finding {
  const rows = context.database
    .rows(selectArtifactFiles, {})
    .map((row) => ({ path: String(row['path']), size: Number(row['size']) }))
    .filter(({ path }) => isWithin(resolve(artifactFolder), path))
  const broken = rows.filter(({ path, size }) => statSync(path, { throwIfNoEntry: false })?.size !== size)
  const { temporary, unrecorded } = sweepArtifacts(context, { artifactFolder })
  if (broken.length > 0) {
    const message = `${broken.length} of ${rows.length} artifacts are gone or have another size: ${broken[0]?.path}`
    return failure('artifacts', message, 'Somebody has changed them: run the steps again that need them')
  }
  if (temporary.length + unrecorded.length === 0)
    return fine('artifacts', `${rows.length} artifacts are in their place`)
  const message = `${temporary.length} leftovers of interrupted writes and ${unrecorded.length} files without a record`
  return warning('artifacts', message, 'Run gc, which deletes them')
}
