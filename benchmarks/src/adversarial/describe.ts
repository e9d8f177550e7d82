/* Values and errors of dangerous tasks, as short text. They may be hostile: nothing of them is trusted. */

const LONGEST = 120

export const shorten = (text: string, longest: number = LONGEST): string => {
  const line = hideFolders(text).replaceAll(/\s+/g, ' ').trim()
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line
}

/** Where a machine keeps its files says nothing about a pool. */
const hideFolders = (text: string): string => text.replaceAll(/(?:file:\/\/)?(?:\/[\w.@+~-]+)+\/([\w.@+~-]*)/g, '…/$1')

export const describeValue = (value: unknown): string => {
  try {
    if (typeof value === 'string') return shorten(value.slice(0, 1000))
    if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`
    if (typeof value === 'object' && value !== null) return shorten(Object.prototype.toString.call(value))
    return shorten(String(value))
  } catch {
    return 'a value that cannot be read'
  }
}

interface ErrorFacts {
  readonly text: string
  readonly name?: string
  readonly code?: string
}

export const describeError = (error: unknown): ErrorFacts => {
  try {
    if (!(error instanceof Error)) return { text: `${describeValue(error)}, which is no Error` }
    const { code } = error as { code?: unknown }
    const facts = { text: shorten(error.message.slice(0, 1000)), name: shorten(error.name) }
    // A DOMException has a number there; its name says more.
    return typeof code === 'string' ? { ...facts, code: shorten(code) } : facts
  } catch {
    return { text: 'an error that cannot be read' }
  }
}
