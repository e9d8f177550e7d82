/** Beyond it the look costs more than it saves. */
const MOST_PARTS = 1000

/** True for a small value that JSON brings across unchanged. */
export const isPlainData = (value: unknown): boolean => {
  const seen = new Set<object>()
  let parts = 0
  const isPlain = (part: unknown): boolean => {
    if (++parts > MOST_PARTS) return false
    if (typeof part === 'number') return Number.isFinite(part) && !Object.is(part, -0)
    if (typeof part !== 'object' || part === null) return isPlainPrimitive(part)
    // Twice the same object: JSON would make two of it, or never end.
    if (seen.has(part) || !isPlainContainer(part)) return false
    seen.add(part)
    return Object.values(part).every(isPlain)
  }
  try {
    return isPlain(value)
  } catch {
    // A getter or a proxy that throws: the clone will say so.
    return false
  }
}

const isPlainPrimitive = (value: unknown): boolean =>
  value === null || typeof value === 'string' || typeof value === 'boolean'

const isPlainContainer = (value: object): boolean => {
  if (Array.isArray(value)) return Object.keys(value).length === value.length && !('toJSON' in value)
  return Object.getPrototypeOf(value) === Object.prototype && !('toJSON' in value)
}
