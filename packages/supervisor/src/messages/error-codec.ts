import { estimateSize } from './value-size.ts'

/**
 * Errors on their way out of a worker. Structured clone loses the class name, the code and own fields, and an error
 * whose message is 100 MB aborts the whole process when it is thrown across; so errors travel as small plain data.
 */
export interface EncodedError {
  readonly name: string
  readonly message: string
  readonly stack?: string
  readonly code?: string | number
  readonly fields?: Readonly<Record<string, unknown>>
  readonly cause?: EncodedError
  /** Of an `AggregateError`, whose own message says nothing; the first eight. */
  readonly errors?: readonly EncodedError[]
}

const TEXT_LIMIT = 32 * 1024
const FIELDS_LIMIT = 32 * 1024
const LARGEST_FIELD_BYTES = 128 * 1024
const CAUSE_DEPTH = 8
const MOST_ERRORS = 8
/** The errors of an `AggregateError` stand this deep: they keep two causes, and no errors of their own. */
const DEPTH_OF_ERRORS = CAUSE_DEPTH - 2
const OWN_KEYS = new Set(['name', 'message', 'stack', 'code', 'cause'])

/** Never throws, whatever was thrown: getters that throw, undefined, symbols, proxies. */
export const encodeError = (thrown: unknown, depth = 0): EncodedError => {
  if (!isErrorLike(thrown)) {
    return { name: 'NonErrorThrown', message: `The task threw ${describe(thrown)} instead of an Error.` }
  }
  const stack = read(thrown, 'stack')
  const code = read(thrown, 'code')
  const cause = read(thrown, 'cause')
  const errors = depth < DEPTH_OF_ERRORS ? encodeErrors(read(thrown, 'errors')) : undefined
  const fields = ownFields(thrown, errors === undefined ? [] : ['errors'])
  return {
    name: text(read(thrown, 'name')) ?? 'Error',
    message: text(read(thrown, 'message')) ?? '',
    ...(typeof stack === 'string' && { stack: shorten(stack) }),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(fields !== undefined && { fields }),
    ...(cause !== undefined && depth < CAUSE_DEPTH && { cause: encodeError(cause, depth + 1) }),
    ...(errors !== undefined && { errors }),
  }
}

/** Undefined for anything but a list of errors: it is a field like any other, then. */
const encodeErrors = (errors: unknown): EncodedError[] | undefined => {
  try {
    if (!Array.isArray(errors) || errors.length === 0 || !errors.every(isError)) return undefined
    return errors.slice(0, MOST_ERRORS).map((error) => encodeError(error, DEPTH_OF_ERRORS))
  } catch {
    return undefined
  }
}

/** Rebuilds an `Error` that carries what `encodeError` kept. */
export const decodeError = (encoded: EncodedError): Error => {
  const error = new Error(
    encoded.message,
    encoded.cause === undefined ? undefined : { cause: decodeError(encoded.cause) },
  )
  const define = (key: string, value: unknown, enumerable: boolean): void => {
    Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true })
  }
  for (const [key, value] of Object.entries(encoded.fields ?? {})) if (!OWN_KEYS.has(key)) define(key, value, true)
  define('name', encoded.name, false)
  if (encoded.stack !== undefined) define('stack', encoded.stack, false)
  if (encoded.code !== undefined) define('code', encoded.code, true)
  if (encoded.errors !== undefined) define('errors', encoded.errors.map(decodeError), false)
  return error
}

const isErrorLike = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && (isError(value) || typeof read(value, 'message') === 'string')

/** `instanceof` asks a proxy for its prototype, and that may throw. */
const isError = (value: unknown): boolean => {
  try {
    return value instanceof Error
  } catch {
    return false
  }
}

const read = (target: object, key: string): unknown => {
  try {
    return (target as Record<string, unknown>)[key]
  } catch {
    return undefined
  }
}

const ownFields = (error: object, without: readonly string[]): Record<string, unknown> | undefined => {
  const fields: Record<string, unknown> = {}
  let size = 0
  for (const key of ownKeys(error)) {
    const json = OWN_KEYS.has(key) || without.includes(key) ? undefined : toJson(read(error, key))
    if (json === undefined) continue
    size += json.length + key.length
    if (size > FIELDS_LIMIT) break
    fields[key] = JSON.parse(json)
  }
  return size === 0 ? undefined : fields
}

const ownKeys = (target: object): string[] => {
  try {
    return Object.keys(target)
  } catch {
    return []
  }
}

/** Undefined also for what is too large to be kept: its text would be as large again, and might be the end of the worker. */
const toJson = (value: unknown): string | undefined => {
  try {
    if (estimateSize(value, LARGEST_FIELD_BYTES) > LARGEST_FIELD_BYTES) return undefined
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? shorten(value) : undefined)

const shorten = (value: string): string =>
  value.length <= TEXT_LIMIT ? value : `${value.slice(0, TEXT_LIMIT)}… (${value.length} characters)`

const describe = (value: unknown): string => {
  const json = toJson(typeof value === 'string' ? shorten(value) : value)
  return shorten(json ?? (typeof value === 'symbol' ? value.toString() : typeof value))
}
