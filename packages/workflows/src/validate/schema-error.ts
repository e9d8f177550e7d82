/**
 * `SCHEMA_INVALID`: not a JSON Schema, of an unknown draft, or not complete in itself. `SCHEMA_TOO_COSTLY`: too large,
 * or too slow for the value.
 */
export type SchemaErrorCode = 'SCHEMA_INVALID' | 'SCHEMA_TOO_COSTLY'

/** A JSON Schema with which nothing can be checked. It says nothing about the value. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError'
  readonly code: SchemaErrorCode

  constructor(code: SchemaErrorCode, why: string, options?: ErrorOptions) {
    super(`The schema cannot be used: ${why}`, options)
    this.code = code
  }
}
