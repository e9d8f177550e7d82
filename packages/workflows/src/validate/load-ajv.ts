import { createRequire } from 'node:module'
import type { Ajv, Options } from 'ajv'
import { SchemaError } from './schema-error.ts'

const options: Options = {
  allErrors: true,
  // Unknown keywords mean nothing, as the standard says; our own schemas are tested, those of users are theirs.
  strict: false,
  // A format is a remark, as in 2020-12. Checking it would bring in a hundred more regular expressions.
  validateFormats: false,
  logger: false,
}

const drafts: readonly (readonly [RegExp, string])[] = [
  [/^https?:\/\/json-schema\.org\/draft-07\/schema#?$/, 'ajv'],
  [/^https?:\/\/json-schema\.org\/draft\/2019-09\/schema#?$/, 'ajv/dist/2019.js'],
  [/^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/, 'ajv/dist/2020.js'],
]

/**
 * An instance of its own for each schema, so that an `$id` that two of them have does no harm.
 *
 * @param draft what the schema says as `$schema`; 2020-12 when it says nothing
 */
export function loadAjv(draft: unknown): Ajv {
  if (draft === undefined) return create('ajv/dist/2020.js')
  const [, module] = drafts.find(([pattern]) => pattern.test(String(draft))) ?? []
  if (module !== undefined) return create(module)
  throw new SchemaError('SCHEMA_INVALID', `$schema is ${JSON.stringify(draft)}, expected draft-07, 2019-09 or 2020-12`)
}

/** `require`, so that a program that never checks an output does not pay the 60 ms, and the call stays synchronous. */
function create(module: string): Ajv {
  const loaded: { default: new (options: Options) => Ajv } = createRequire(import.meta.url)(module)
  return new loaded.default(options)
}
