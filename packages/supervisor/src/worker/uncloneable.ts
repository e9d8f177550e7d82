/** What cannot leave its worker. `code` is `RESULT_NOT_CLONEABLE` or `CHUNK_NOT_CLONEABLE`, `path` names the part. */
export class NotCloneableError extends Error {
  override readonly name = 'NotCloneableError'
  readonly code: 'RESULT_NOT_CLONEABLE' | 'CHUNK_NOT_CLONEABLE'
  readonly path: string

  constructor(what: 'result' | 'chunk', value: unknown, clone: (value: unknown) => unknown, cause: unknown) {
    const path = findUncloneablePath(value, clone, what)
    super(`The task's ${what} cannot leave its worker: ${path} cannot be cloned.`, { cause })
    this.code = what === 'result' ? 'RESULT_NOT_CLONEABLE' : 'CHUNK_NOT_CLONEABLE'
    this.path = path
  }
}

/** The path, such as `result.items[3].callback`, of the first value that `clone` refuses. */
const findUncloneablePath = (value: unknown, clone: (value: unknown) => unknown, root: string): string => {
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

const isCloneable = (value: unknown, clone: (value: unknown) => unknown): boolean => {
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
