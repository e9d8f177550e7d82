/** A `{{name}}` in a text. */
export interface Placeholder {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** A placeholder, or one that a backslash makes plain text: `\{{name}}`. */
export const PLACEHOLDER: RegExp = /(\\?)\{\{([^{}]*)\}\}/g

/** The placeholders of a text, in its order. */
export function placeholdersIn(text: string): Placeholder[] {
  if (!text.includes('{{')) return []
  return Array.from(text.matchAll(PLACEHOLDER)).flatMap(({ index, 0: written, 1: backslash, 2: inside = '' }) =>
    backslash === '' ? [{ name: inside.trim(), start: index, end: index + written.length }] : [],
  )
}
