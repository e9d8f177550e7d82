import type { Ajv, AnySchema, ErrorObject, ValidateFunction } from 'ajv'
import { boundedCall, CallTimeoutError } from '../bounded-call.ts'
import { loadAjv } from './load-ajv.ts'
import { SchemaError } from './schema-error.ts'

const MOST_SCHEMA_CHARACTERS = 500_000
const LONGEST_MS = 2_000
const MOST_SHOWN = 20

/**
 * Checks a value against a JSON Schema: draft-07, 2019-09 or 2020-12, the last when it does not say. Nothing is
 * fetched: a schema must have everything that it refers to. At most 500,000 characters, 2 seconds each for the schema
 * and for the value. Formats are not checked.
 *
 * @returns what is wrong, one short line each, at most 20 and how many more; empty when nothing is
 * @throws {SchemaError} SCHEMA_INVALID, SCHEMA_TOO_COSTLY
 */
export function validateOutput(schema: unknown, value: unknown): readonly string[] {
  const parsed = plainSchema(schema)
  const draft = typeof parsed === 'object' ? Reflect.get(parsed, '$schema') : undefined
  const ajv = loadAjv(draft)
  const validate = bounded(() => compile(ajv, parsed))
  return bounded(() => (validate(value) ? [] : describe(validate.errors ?? [])))
}

/** As plain JSON: an object from elsewhere may have getters, cycles or `$async`, which would make of it a promise. */
function plainSchema(schema: unknown): AnySchema {
  const text = write(schema)
  if (text.length > MOST_SCHEMA_CHARACTERS)
    throw new SchemaError('SCHEMA_TOO_COSTLY', `it has ${text.length} characters, more than ${MOST_SCHEMA_CHARACTERS}`)
  const parsed: unknown = JSON.parse(text)
  if (typeof parsed === 'boolean') return parsed
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new SchemaError('SCHEMA_INVALID', 'expected an object, or true or false')
  if ('$async' in parsed) throw new SchemaError('SCHEMA_INVALID', '$async is not a keyword of JSON Schema')
  return parsed
}

function write(schema: unknown): string {
  try {
    return JSON.stringify(schema) ?? 'null'
  } catch (cause) {
    throw new SchemaError('SCHEMA_INVALID', `it is not JSON: ${messageOf(cause)}`, { cause })
  }
}

function compile(ajv: Ajv, schema: AnySchema): ValidateFunction {
  try {
    return ajv.compile(schema)
  } catch (cause) {
    const missing = Reflect.get(Object(cause), 'missingRef')
    const why =
      missing === undefined ? messageOf(cause) : `it refers to ${missing}, which is not in it, and nothing is fetched`
    throw new SchemaError('SCHEMA_INVALID', why, { cause })
  }
}

function bounded<Value>(work: () => Value): Value {
  try {
    return boundedCall(LONGEST_MS, work)
  } catch (cause) {
    if (cause instanceof CallTimeoutError) throw new SchemaError('SCHEMA_TOO_COSTLY', `it ${cause.message}`, { cause })
    if (cause instanceof RangeError)
      throw new SchemaError('SCHEMA_TOO_COSTLY', 'schema or value is nested too deeply', { cause })
    throw cause
  }
}

function describe(errors: readonly ErrorObject[]): string[] {
  const lines = Array.from(new Set(errors.map(lineOf)))
  const hidden = lines.length - MOST_SHOWN
  return hidden > 0 ? [...lines.slice(0, MOST_SHOWN), `and ${hidden} more`] : lines
}

/** `findings[2].score: must be number` */
function lineOf({ instancePath, message, keyword, params }: ErrorObject): string {
  const place = instancePath
    .replaceAll(/\/(\d+)(?=\/|$)/g, '[$1]')
    .replaceAll('/', '.')
    .replace(/^\./, '')
  const extra =
    keyword === 'additionalProperties' ? `: ${JSON.stringify(params['additionalProperty'])}` : allowed(params)
  return `${place || 'the output'}: ${message ?? keyword}${extra}`.slice(0, 300)
}

function allowed(params: Record<string, unknown>): string {
  const { allowedValues, allowedValue } = params
  const values = allowedValues ?? allowedValue
  return values === undefined ? '' : `: ${JSON.stringify(values)}`
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500)
}
