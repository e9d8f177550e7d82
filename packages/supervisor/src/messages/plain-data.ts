/** Beyond it the look costs more than it saves. */
const MOST_PARTS = 1000
/** Characters of text in all parts together, keys included. */
const MOST_TEXT = 64 * 1024

/** True for a small value that JSON brings across unchanged. */
export const isPlainData = (value: unknown): boolean => {
  const seen = new Set<object>()
  let parts = 0
  let text = 0
  const isPlain = (part: unknown): boolean => {
    if (typeof part === 'string') text += part.length
    if (++parts > MOST_PARTS || text > MOST_TEXT) return false
    if (typeof part === 'number') return Number.isFinite(part) && !Object.is(part, -0)
    if (typeof part !== 'object' || part === null) return isPlainPrimitive(part)
    // Twice the same object: JSON would make two of it, or never end.
    if (seen.has(part) || !isPlainContainer(part)) return false
    seen.add(part)
    return Object.entries(part).every(([key, child]) => isPlain(key) && isPlain(child))
  }
  try {
    return isPlain(value)
  } catch {
    // A getter or a proxy that throws: the clone will say so.
    return false
  }
}

const isPlainPrimitive = (value: unknown): boolean => value === null || typeof value === 'boolean'

const isPlainContainer = (value: object): boolean => {
  if (Array.isArray(value)) return Object.keys(value).length === value.length && !('toJSON' in value)
  return Object.getPrototypeOf(value) === Object.prototype && !('toJSON' in value)
}
