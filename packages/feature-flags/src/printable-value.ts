const LONGEST = 60

// Control characters, format characters (bidirectional marks), lone surrogates, line and paragraph separators:
// a value from outside must not steer the terminal that shows a warning about it.
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu

/**
 * A value from outside as it may stand in a message: without control characters, at most 60 characters and
 * then `…` and the length that it had.
 */
export function printableValue(value: unknown): string {
  const text = typeof value === 'string' ? value : describeOther(value)
  const head = Array.from(text.slice(0, LONGEST * 2).replace(UNPRINTABLE, ''))
    .slice(0, LONGEST)
    .join('')
  return text.length > head.length && text.length > LONGEST ? `${head}… (${text.length} characters)` : head
}

function describeOther(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
