// Five thousand steps are about 150,000 values. Aliases share what they point to, so a small file can stand for
// gigabytes that only appear when somebody writes the workflow down again.
const MOST_VALUES = 1_000_000
const MOST_CHARACTERS = 50_000_000

/**
 * Refuses a value that would be huge once its shared parts are written out, or that contains itself.
 *
 * @throws {Error} more than 1,000,000 values or 50,000,000 characters
 */
export function assertModestSize(value: unknown): void {
  // A stack of our own: the value may be nested deeper than a recursion can follow.
  const waiting: unknown[] = [value]
  let values = 0
  let characters = 0
  while (waiting.length > 0) {
    const next = waiting.pop()
    values += 1
    if (typeof next === 'string') characters += next.length
    if (values + waiting.length > MOST_VALUES || characters > MOST_CHARACTERS) {
      throw new Error('the document expands to too much: do its aliases repeat or contain themselves?')
    }
    if (typeof next === 'object' && next !== null) for (const part of Object.values(next)) waiting.push(part)
  }
}
