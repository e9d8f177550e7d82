import type { Checkpoint } from '@mayfly/run-store'

/** Checkpoints are kept as JSON: readable by whichever release and Node makes the next attempt. */
export const encodeCheckpoint = (value: unknown): Uint8Array => {
  const text = JSON.stringify(value)
  if (text === undefined) throw new TypeError(`A checkpoint must be JSON, got ${typeof value}.`)
  return Buffer.from(text)
}

/** Undefined when there is none. */
export const decodeCheckpoint = (checkpoint: Checkpoint | null): unknown =>
  checkpoint === null ? undefined : JSON.parse(Buffer.from(checkpoint.data).toString('utf8'))
