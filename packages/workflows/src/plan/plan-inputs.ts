import { z } from 'zod'
import type { DocumentPath } from '../document-path.ts'
import { checkInput } from '../inputs/check-input.ts'
import type { Workflow } from '../workflow.ts'
import type { PlanReport } from './plan-report.ts'
import type { InputType, PlannedInput } from './planned-input.ts'

const typeWords: Readonly<Record<string, InputType>> = {
  ...{ any: 'any', boolean: 'boolean', bool: 'boolean', integer: 'integer', int: 'integer' },
  ...{ list: 'list', array: 'list', map: 'map', object: 'map', number: 'number', float: 'number' },
  ...{ string: 'string', text: 'string' },
}
const TYPES = 'expected string, number, integer, boolean, list, map or any'
const type = z
  .string(TYPES)
  .refine((word) => Object.hasOwn(typeWords, word), TYPES)
  .transform((word): InputType => typeWords[word] ?? 'any')

const EXPRESSION = 'expected a regular expression of at most 1000 characters'
const pattern = z.string().max(1_000, EXPRESSION).refine(isExpression, EXPRESSION)
const bound = z.number('expected a number')
const length = z.number('expected a whole number').int('expected a whole number').min(0)

const details = z.looseObject(
  {
    type: type.nullish(),
    required: z.boolean().nullish(),
    description: z.string().nullish(),
    default: z.json().optional(),
    enum: z.array(z.json()).min(1, 'expected at least one value').nullish(),
    pattern: pattern.nullish(),
    ...{ minimum: bound.nullish(), maximum: bound.nullish() },
    ...{ minLength: length.nullish(), maxLength: length.nullish() },
  },
  { error: 'expected a map such as { type: string, required: true }' },
)
type Details = z.infer<typeof details>

const NAME = 'expected a name of letters, digits, _, - and dots that begins with a letter or _'
const name = z.string(NAME).regex(/^[A-Za-z_][\w.-]{0,99}$/, NAME)

/** An input as it stands somewhere in the file. */
interface WrittenInput {
  readonly name: unknown
  readonly says: unknown
  readonly path: DocumentPath
  /** Whether it is required when it does not say; undefined: when it has no default. */
  readonly required?: boolean
}

/**
 * Reads `workflow_inputs`, or a map `inputs` of the workflow: a list of names or of maps with `name`, a map from name
 * to what is known about it, or a map with the lists `required` and `optional`. An input is required unless it says
 * otherwise, has a default, or is listed as optional.
 */
export function planInputs(workflow: Workflow, report: PlanReport): PlannedInput[] {
  const key = workflow.workflow_inputs === undefined && isMap(workflow['inputs']) ? 'inputs' : 'workflow_inputs'
  const inputs = writtenInputs(workflow[key], [key], report).flatMap((written) => planInput(written, report))
  refuseRepeated(inputs, [key], report)
  return inputs
}

function writtenInputs(written: unknown, path: DocumentPath, report: PlanReport): WrittenInput[] {
  if (written === undefined || written === null) return []
  if (Array.isArray(written)) return listed(written, path)
  if (!isMap(written)) report.problem(path, 'expected a list of names, or a map from names to what is known about them')
  else if (isTwoLists(written))
    return Object.entries(written).flatMap(([group, names]) =>
      listed(names ?? [], [...path, group], group === 'required'),
    )
  else return Object.entries(written).map(([input, says]) => ({ name: input, says, path: [...path, input] }))
  return []
}

function listed(items: readonly unknown[], path: DocumentPath, required?: boolean): WrittenInput[] {
  const group = required === undefined ? {} : { required }
  return items.map((item, index) => {
    const place = { path: [...path, index], ...group }
    return isMap(item) ? { name: item['name'], says: item, ...place } : { name: item, says: undefined, ...place }
  })
}

function isTwoLists(written: Readonly<Record<string, unknown>>): written is Record<string, unknown[] | null> {
  const entries = Object.entries(written)
  const isGroup = ([key, names]: [string, unknown]) =>
    (key === 'required' || key === 'optional') && (Array.isArray(names) || names === null)
  return entries.length > 0 && entries.every(isGroup)
}

function planInput(written: WrittenInput, report: PlanReport): PlannedInput[] {
  const called = report.read(name, written.name ?? '', written.path)
  const says = report.read(details, inFull(written.says), written.path) ?? {}
  if (called === undefined) return []
  const input = { name: called, ...described(says), required: isRequired(written, says) }
  return [{ ...input, ...checkedDefault(input, says, written.path, report) }]
}

/** `version: string` is the type, `version: The version to release` the description. */
function inFull(says: unknown): unknown {
  if (typeof says !== 'string') return says
  return Object.hasOwn(typeWords, says) ? { type: says } : { description: says }
}

function described({
  type,
  required: _required,
  default: _default,
  ...says
}: Details): Omit<PlannedInput, 'name' | 'required'> {
  const { description, enum: values, pattern, minimum, maximum, minLength, maxLength } = says
  const read = { description, enum: values, pattern, minimum, maximum, minLength, maxLength }
  const present = Object.entries(read).filter(([, value]) => value !== undefined && value !== null)
  return { type: type ?? 'any', ...Object.fromEntries(present) }
}

function isRequired(written: WrittenInput, says: Details): boolean {
  if (says.default !== undefined && says.default !== null) return false
  return says.required ?? written.required ?? true
}

function checkedDefault(
  input: PlannedInput,
  says: Details,
  path: DocumentPath,
  report: PlanReport,
): Pick<PlannedInput, 'default'> {
  if (says.default === undefined || says.default === null) return {}
  const read = checkInput(input, says.default)
  if ('value' in read) return { default: read.value }
  report.problem([...path, 'default'], read.problem)
  return {}
}

function refuseRepeated(inputs: readonly PlannedInput[], path: DocumentPath, report: PlanReport): void {
  const seen = new Set<string>()
  for (const input of inputs) {
    if (seen.has(input.name)) report.problem(path, `the input ${input.name} is defined twice`)
    seen.add(input.name)
  }
}

function isExpression(written: string): boolean {
  try {
    return new RegExp(written, 'u') instanceof RegExp
  } catch {
    return false
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
