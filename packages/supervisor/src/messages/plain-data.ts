import { isProxy } from 'node:util/types'

/** Values and keys together. A progress value may hold 20,000 small objects, which are 60,000 of them. */
const MOST_PARTS = 100_000
/** Characters of text in all parts together, keys included. */
const MOST_TEXT = 1024 * 1024

/** True for a value that JSON brings across unchanged, and that is not large. */
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
    if (Array.isArray(part)) return part.every(isPlain)
    return Object.entries(part).every(([key, child]) => isPlain(key) && isPlain(child))
  }
  try {
    return isPlain(value)
  } catch {
    // A getter or a proxy that throws, or objects nested deeper than the stack: the clone will say so.
    return false
  }
}

const isPlainPrimitive = (value: unknown): boolean =>
  value === null || typeof value === 'boolean' || typeof value === 'string'

/** An object or array of which JSON makes the like, whatever is in it. A proxy is refused by a clone, so it is by us. */
export const isPlainContainer = (value: object): boolean => {
  if (isProxy(value) || 'toJSON' in value) return false
  return Array.isArray(value) ? isPlainList(value) : Object.getPrototypeOf(value) === Object.prototype
}

/** No holes, and nothing beside the items: keys come in order, names last. */
const isPlainList = (list: readonly unknown[]): boolean => {
  const keys = Object.keys(list)
  return keys.length === list.length && (list.length === 0 || keys.at(-1) === String(list.length - 1))
}
