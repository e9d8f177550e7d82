import type { ArtifactReference } from '@mayfly/supervisor'

/** A file that is written again has one checksum, its last. */
export const keepLatest = (artifacts: ArtifactReference[], written: ArtifactReference): void => {
  const place = artifacts.findIndex(({ path }) => path === written.path)
  if (place < 0) artifacts.push(written)
  else artifacts[place] = written
}
