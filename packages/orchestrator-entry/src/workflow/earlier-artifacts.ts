import { basename, dirname } from 'node:path'
import type { ArtifactRecord, AttemptEnd, Claim, RunStore } from '@mayfly/run-store'
import type { ArtifactReference } from '@mayfly/supervisor'

/**
 * What earlier attempts of a step made, and this one has made anew, keeps a name of its own: `attempt-1/review.json`. What was sent
 * back, and why, stays on record.
 */
export const earlierArtifacts = async (
  store: RunStore,
  { runId, step, attempt }: Claim,
  made: readonly ArtifactReference[],
): Promise<NonNullable<AttemptEnd['artifacts']>> => {
  if (attempt === 1 || made.length === 0) return []
  const paths = new Map(made.map(({ name, path }) => [name, path]))
  const isReplaced = (known: ArtifactRecord): boolean => paths.has(known.name) && paths.get(known.name) !== known.path
  const replaced = (await store.listArtifacts(runId, { step })).filter(isReplaced)
  return replaced.map(({ runId: _runId, step: _step, ...known }) => ({
    ...known,
    name: `${attemptOf(known.path)}/${known.name}`,
    isInternal: true,
  }))
}

/** As `makeStepFolder` names folders: the first attempt has none of its own. */
const attemptOf = (path: string): string => {
  const folder = basename(dirname(path))
  return /^attempt-\d+$/.test(folder) ? folder : 'attempt-1'
}
