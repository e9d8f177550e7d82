// Not `node:util`: an import of that takes 2 ms and leaves a pipe among what keeps the process busy (Node 26).
import { isAnyArrayBuffer, isMap, isNativeError, isSet } from 'node:util/types'

/** Bytes that an object or array costs beside what it holds, roughly. */
const OBJECT_BYTES = 32
/** Bytes of a number, a boolean or a reference, roughly. */
const SLOT_BYTES = 8

/**
 * About how many bytes a value takes when it is cloned; stops counting above `limitBytes`. Never throws, whatever getters
 * do: what cannot be read is the clone's to complain about. `onBuffer` is told of the memory that it meets.
 */
export const estimateSize = (
  value: unknown,
  limitBytes: number,
  onBuffer?: (buffer: ArrayBufferLike) => void,
): number => {
  const seen = new Set<object>()
  const waiting: object[] = []
  let size = 0
  const count = (part: unknown): void => {
    size += sizeOfSlot(part)
    if (typeof part === 'object' && part !== null && !seen.has(part)) {
      seen.add(part)
      waiting.push(part)
    }
  }
  count(value)
  for (let current = waiting.pop(); current !== undefined && size <= limitBytes; current = waiting.pop()) {
    size += OBJECT_BYTES
    // Before looking at each: an array may be a billion holes long.
    if (Array.isArray(current) && size + current.length * SLOT_BYTES > limitBytes) return limitBytes + 1
    if (isAnyArrayBuffer(current)) {
      size += current.byteLength
      onBuffer?.(current)
    } else countParts(current, count)
  }
  return size
}

const sizeOfSlot = (part: unknown): number => {
  if (typeof part === 'string') return part.length * 2
  if (typeof part === 'bigint' && part !== BigInt.asIntN(64, part)) return part.toString(16).length / 2
  return SLOT_BYTES
}

/** By what a value is, not by its prototype: a context of `node:vm` has its own. */
const countParts = (value: object, count: (part: unknown) => void): void => {
  try {
    // A port clones all of the memory behind a view, however little of it the view shows.
    if (ArrayBuffer.isView(value)) count(value.buffer)
    else if (isNativeError(value)) [value.message, value.stack, value.cause, ...Object.values(value)].forEach(count)
    else if (Array.isArray(value) || isSet(value)) for (const part of value) count(part)
    else if (isMap(value)) for (const entry of value) entry.forEach(count)
    else for (const entry of Object.entries(value)) entry.forEach(count)
  } catch {
    // A getter or a proxy that throws.
  }
}
