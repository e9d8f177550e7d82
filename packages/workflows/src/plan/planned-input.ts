import type { JsonValue } from './json-value.ts'

/** `integer` is a `number` without a fraction; `list` and `map` are JSON; `any` takes every value as it comes. */
export type InputType = 'any' | 'boolean' | 'integer' | 'list' | 'map' | 'number' | 'string'

/** A value that a run of the workflow is given, from `workflow_inputs`. */
export interface PlannedInput {
  readonly name: string
  readonly type: InputType
  /** Whether a run without it is refused. Never true together with a `default`. */
  readonly required: boolean
  readonly description?: string
  readonly default?: JsonValue
  /** The only values that are accepted. */
  readonly enum?: readonly JsonValue[]
  /** A regular expression that a text must match somewhere, in the syntax of JSON Schema: ECMAScript with `u`. */
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
}
