import { z } from 'zod'
import { boundedCall } from '../bounded-call.ts'
import type { JsonValue } from '../plan/json-value.ts'
import type { InputType, PlannedInput } from '../plan/planned-input.ts'

const PATTERN_MS = 250
const MOST_CHARACTERS = 1_000_000

/** What was found: the value, or what is wrong with it. */
export type CheckedInput = { readonly value: JsonValue } | { readonly problem: string }

const json = z.json()

const expected: Readonly<Record<InputType, string>> = {
  ...{ any: 'a value', boolean: 'true or false', integer: 'a whole number', list: 'a list', map: 'a map' },
  ...{ number: 'a number', string: 'text' },
}

/**
 * Checks a value against what the workflow says about an input. Where another type than text is expected, text is
 * read as one: `3`, `true`, `["a"]`, because that is all that a command line can give.
 */
export function checkInput(input: PlannedInput, given: unknown): CheckedInput {
  const read = json.safeParse(given)
  if (!read.success) return { problem: 'expected a value that JSON can say' }
  if (JSON.stringify(read.data).length > MOST_CHARACTERS)
    return { problem: `is longer than ${MOST_CHARACTERS} characters` }
  const value = typeof read.data === 'string' ? fromText(input.type, read.data) : read.data
  if (!isOfType(input.type, value)) return { problem: `expected ${expected[input.type]}, got ${show(read.data)}` }
  const problem = refusal(input, value)
  return problem === undefined ? { value } : { problem }
}

function fromText(type: InputType, text: string): JsonValue {
  if (type === 'string' || type === 'any') return text
  try {
    return JSON.parse(text)
  } catch {
    // Then it stays text, which is refused with what was expected instead.
    return text
  }
}

function isOfType(type: InputType, value: JsonValue): boolean {
  if (type === 'any') return true
  if (type === 'integer') return Number.isSafeInteger(value)
  if (type === 'list') return Array.isArray(value)
  if (type === 'map') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}

function refusal(input: PlannedInput, value: JsonValue): string | undefined {
  if (input.enum && !input.enum.some((one) => JSON.stringify(one) === JSON.stringify(value)))
    return `expected one of ${input.enum.map(show).join(', ')}, got ${show(value)}`
  if (typeof value === 'number') return outside(value, input.minimum, input.maximum, 'a number')
  if (typeof value !== 'string') return undefined
  return outside(value.length, input.minLength, input.maxLength, 'a length') ?? mismatch(input.pattern, value)
}

function outside(value: number, least: number | undefined, most: number | undefined, what: string): string | undefined {
  if (least !== undefined && value < least) return `expected ${what} from ${least} on, got ${value}`
  if (most !== undefined && value > most) return `expected ${what} up to ${most}, got ${value}`
  return undefined
}

/** A pattern of the workflow over a text of the user may backtrack for years. */
function mismatch(pattern: string | undefined, text: string): string | undefined {
  if (pattern === undefined) return undefined
  try {
    const matches = boundedCall(PATTERN_MS, () => new RegExp(pattern, 'u').test(text))
    return matches ? undefined : `expected text that matches ${pattern}, got ${show(text)}`
  } catch (error) {
    return `cannot be compared with ${pattern}: ${error instanceof Error ? error.message : String(error)}`
  }
}

function show(value: JsonValue): string {
  const written = JSON.stringify(value)
  return written.length > 100 ? `${written.slice(0, 99)}…` : written
}
