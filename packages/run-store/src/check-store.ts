import { checkArtifacts } from './check-artifacts.ts'
import { checkDisk, checkIntegrity, checkRollups, checkSize, checkVersion } from './check-file.ts'
import { checkLeases, checkLimits, checkOrphans, checkQueue } from './check-work.ts'
import type { CheckOptions, Finding } from './store-care.ts'
import type { StoreContext } from './store-context.ts'

/** Looks at everything that can be wrong; the file first, because on a damaged one the rest means little. */
export function checkStore(context: StoreContext, { artifactFolder }: CheckOptions): readonly Finding[] {
  return [
    checkIntegrity(context),
    checkVersion(context),
    checkRollups(context),
    checkOrphans(context),
    ...(artifactFolder === undefined ? [] : [checkArtifacts(context, artifactFolder)]),
    checkLeases(context),
    checkQueue(context),
    checkLimits(context),
    checkSize(context),
    checkDisk(context),
  ]
}
