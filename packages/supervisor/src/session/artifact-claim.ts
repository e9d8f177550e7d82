import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { ArtifactReference } from '../messages/messages.ts'
import { isArtifactName } from '../worker/artifact-writer.ts'

/** A worker only says what it has written and where; whoever reads it must not be led out of the folder that was given. */
export const isInFolder = ({ name, path }: ArtifactReference, folder: string | null): boolean => {
  if (folder === null || !isArtifactName(name)) return false
  try {
    return join(realpathSync(folder), name) === path
  } catch {
    return false
  }
}
