/** The path, such as `result.items[3].callback`, of the first value that `clone` refuses. */
export const findUncloneablePath = (value: unknown, clone: (value: unknown) => void, root = 'result'): string => {
  const seen = new Set<object>()
  const visit = (current: unknown, path: string, depth: number): string | undefined => {
    if (isCloneable(current, clone)) return undefined
    if (typeof current !== 'object' || current === null || depth > 20 || seen.has(current)) return path
    seen.add(current)
    for (const [key, child] of childrenOf(current)) {
      const found = visit(child, Array.isArray(current) ? `${path}[${key}]` : `${path}.${key}`, depth + 1)
      if (found !== undefined) return found
    }
    return path
  }
  return visit(value, root, 0) ?? root
}

const isCloneable = (value: unknown, clone: (value: unknown) => void): boolean => {
  try {
    clone(value)
    return true
  } catch {
    return false
  }
}

const childrenOf = (value: object): [string, unknown][] => {
  try {
    if (value instanceof Map) return [...value].map(([key, child]) => [String(key), child])
    if (value instanceof Set) return [...value].map((child, index) => [String(index), child])
    return Object.entries(value)
  } catch {
    return []
  }
}
