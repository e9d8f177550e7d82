import { z } from 'zod'
import { type FlagDefinition, flagDefinitions } from './flag-definition.ts'
import { printableValue } from './printable-value.ts'

/** What one place says about a flag. A place that says nothing, or only blanks, gives no reading at all. */
export interface FlagReading {
  readonly value: boolean
  /** As it was said, fit for a message. */
  readonly raw: string
  /** Only when the value could not be read, and is off for that reason. */
  readonly warning?: string
}

const { name, readable, variants }: FlagDefinition = flagDefinitions.USE_WORKERS

const readableValue = z.union([
  z.boolean(),
  z
    .string()
    .trim()
    .toLowerCase()
    .pipe(z.enum(['true', 'false']))
    .transform((word) => variants[readable[word]]),
])

/** Reads what one place says: `true` or `false`, in any case, trimmed; empty is unset; anything else is off. */
export function readFlag(said: unknown): FlagReading | undefined {
  if (isUnset(said)) return undefined
  const raw = printableValue(said)
  const parsed = readableValue.safeParse(said)
  return parsed.success ? { value: parsed.data, raw } : { value: false, raw, warning: unreadable(raw) }
}

function isUnset(said: unknown): boolean {
  return said === undefined || said === null || (typeof said === 'string' && said.trim() === '')
}

function unreadable(raw: string): string {
  return `${name} is "${raw}", which is neither ${Object.keys(readable).join(' nor ')}: workers are off`
}
