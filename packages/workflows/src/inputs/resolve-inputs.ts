import { listedWords } from '../listed-words.ts'
import type { JsonValue } from '../plan/json-value.ts'
import type { PlannedInput } from '../plan/planned-input.ts'
import type { WorkflowPlan } from '../plan/workflow-plan.ts'
import { checkInput } from './check-input.ts'
import { type InputProblem, InputsError } from './inputs-error.ts'

/**
 * The values of a workflow's inputs: what was given, checked, and else the defaults. An optional input without either
 * is absent.
 *
 * @throws {InputsError} one that is required is missing, one is not known, or has a wrong value (WORKFLOW_INPUT_INVALID)
 */
export function resolveInputs(
  plan: Pick<WorkflowPlan, 'name' | 'inputs'>,
  given: Readonly<Record<string, unknown>>,
): Record<string, JsonValue> {
  const problems = unknownInputs(plan.inputs, given)
  const values = plan.inputs.flatMap((input): [string, JsonValue][] => {
    const read = inputValue(input, given)
    if (read !== undefined && 'problem' in read) problems.push({ input: input.name, message: read.problem })
    return read !== undefined && 'value' in read ? [[input.name, read.value]] : []
  })
  if (problems.length > 0) throw new InputsError(plan.name, problems)
  return Object.fromEntries(values)
}

function inputValue(
  input: PlannedInput,
  given: Readonly<Record<string, unknown>>,
): ReturnType<typeof checkInput> | undefined {
  const value = Object.hasOwn(given, input.name) ? given[input.name] : undefined
  if (value !== undefined) return checkInput(input, value)
  if (input.default !== undefined) return { value: input.default }
  return input.required ? { problem: 'is missing' } : undefined
}

function unknownInputs(inputs: readonly PlannedInput[], given: Readonly<Record<string, unknown>>): InputProblem[] {
  const known = new Set(inputs.map(({ name }) => name))
  const message = `is not known: known are ${listedWords(known)}`
  return Object.keys(given)
    .filter((name) => !known.has(name))
    .map((input) => ({ input, message }))
}
