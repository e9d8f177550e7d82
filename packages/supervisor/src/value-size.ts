/** Bytes that an object or array costs beside what it holds, roughly. */
const OBJECT_BYTES = 32

/**
 * About how many bytes a value takes when it is cloned; stops counting above `limitBytes`. Never throws, whatever getters
 * do: what cannot be read is the clone's to complain about.
 */
export const estimateSize = (value: unknown, limitBytes: number): number => {
  const seen = new Set<object>()
  const waiting: unknown[] = [value]
  let size = 0
  while (waiting.length > 0 && size <= limitBytes) {
    const current = waiting.pop()
    if (typeof current === 'string') size += current.length * 2
    if (typeof current !== 'object' || current === null || seen.has(current)) continue
    seen.add(current)
    size += OBJECT_BYTES + binarySize(current)
    if (!isBinary(current)) pushAll(waiting, current)
  }
  return size
}

const isBinary = (value: object): value is ArrayBufferView | ArrayBuffer =>
  ArrayBuffer.isView(value) || value instanceof ArrayBuffer

const binarySize = (value: object): number => (isBinary(value) ? value.byteLength : 0)

/** One by one: spreading a million elements into `push` overflows the stack. */
const pushAll = (waiting: unknown[], value: object): void => {
  try {
    if (value instanceof Map) for (const entry of value) waiting.push(entry[0], entry[1])
    else if (value instanceof Set) for (const child of value) waiting.push(child)
    else for (const child of Object.values(value)) waiting.push(child)
    for (const key of Object.keys(value)) waiting.push(key)
  } catch {
    // A getter or a proxy that throws.
  }
}
