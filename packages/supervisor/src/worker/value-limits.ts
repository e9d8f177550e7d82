import { estimateSize } from '../messages/value-size.ts'

const MB = 1024 * 1024

/**
 * What a task may send through its channel at once. A result of hundreds of megabytes is cloned into the supervisor's heap,
 * which nothing guards, and `JSON.stringify` of a string of 140 million characters aborts Node 26.
 */
export const VALUE_LIMITS_MB = { result: 64, progress: 1, checkpoint: 16, chunk: 16 } as const

/** A value is too large for the channel; large data belongs in an artifact. */
export class ValueTooLargeError extends Error {
  override readonly name = 'ValueTooLargeError'
  readonly code = 'VALUE_TOO_LARGE'

  constructor(what: keyof typeof VALUE_LIMITS_MB, limitMb: number = VALUE_LIMITS_MB[what]) {
    super(`Expected a ${what} of at most ${limitMb} MB, got more. ${adviceFor[what]}`)
  }
}

const writeArtifact = 'Write large data with context.artifact() and send its name.'

const adviceFor: Readonly<Record<keyof typeof VALUE_LIMITS_MB, string>> = {
  result:
    'Give the task an artifactFolder: a larger result is written there. Or write it with context.artifact() and return its name.',
  progress: writeArtifact,
  checkpoint: writeArtifact,
  chunk: 'Write it in smaller pieces.',
}

/**
 * Returns about how many bytes the value takes.
 * @throws ValueTooLargeError `VALUE_TOO_LARGE`
 */
export const assertValueFits = (what: keyof typeof VALUE_LIMITS_MB, value: unknown): number => {
  const limitBytes = VALUE_LIMITS_MB[what] * MB
  const bytes = estimateSize(value, limitBytes)
  if (bytes > limitBytes) throw new ValueTooLargeError(what)
  return bytes
}
