/** A path into a document, as zod gives it. */
export type DocumentPath = readonly PropertyKey[]

/** `['steps', 2, 'agent']` as `steps[2].agent`. */
export function writePath(path: DocumentPath): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
}
