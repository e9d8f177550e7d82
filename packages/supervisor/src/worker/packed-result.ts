import { isArrayBuffer } from 'node:util/types'
import type { ArtifactReference, Assignment, ResultFormat } from '../messages/messages.ts'
import { estimateSize } from '../messages/value-size.ts'
import { writeArtifactPieces } from './artifact-writer.ts'
import { type ResultPieces, resultPieces } from './result-pieces.ts'
import { NotCloneableError } from './uncloneable.ts'
import { ValueTooLargeError } from './value-limits.ts'

/** Less is copied within a fraction of a millisecond. */
const LARGE_BYTES = 1024 * 1024

type Clone = (value: unknown) => unknown

/** A result as it leaves: itself, or the name of the artifact that holds it. */
export interface PackedResult {
  readonly value?: unknown
  /** About how much the value takes. */
  readonly bytes: number
  /** Memory in it that is moved instead of copied: the task is over, so nobody misses it. */
  readonly transfer: readonly ArrayBuffer[]
  readonly file?: { readonly artifact: ArtifactReference; readonly format: ResultFormat }
}

/**
 * A result above its limit is written to the task's artifact folder, as `result-<session>`.
 * @throws ValueTooLargeError `VALUE_TOO_LARGE` without a folder.
 * @throws NotCloneableError `RESULT_NOT_CLONEABLE`
 */
export const packResult = async (value: unknown, assignment: Assignment, clone: Clone): Promise<PackedResult> => {
  const { artifactFolder, resultLimitMb, sessionId } = assignment
  const limitBytes = resultLimitMb * 1024 * 1024
  const transfer: ArrayBuffer[] = []
  const keepLarge = (buffer: ArrayBufferLike): void => void (isWorthMoving(buffer) && transfer.push(buffer))
  const bytes = estimateSize(value, limitBytes, keepLarge)
  if (bytes <= limitBytes) return { ...(value !== undefined && { value }), bytes, transfer }
  if (artifactFolder === null) throw new ValueTooLargeError('result', resultLimitMb)
  const { format, extension, pieces } = piecesOf(value, clone)
  const artifact = await writeArtifactPieces(artifactFolder, `result-${sessionId}.${extension}`, pieces)
  return { bytes: 0, transfer: [], file: { artifact, format } }
}

/** Shared memory is there already, and what can grow keeps its owner. */
const isWorthMoving = (buffer: ArrayBufferLike): buffer is ArrayBuffer =>
  isArrayBuffer(buffer) && buffer.byteLength >= LARGE_BYTES && !buffer.resizable

const piecesOf = (value: unknown, clone: Clone): ResultPieces => {
  try {
    return resultPieces(value)
  } catch (cause) {
    throw new NotCloneableError('result', value, clone, cause)
  }
}
