import type { JsonValue } from '../plan/json-value.ts'
import type { PlannedInput } from '../plan/planned-input.ts'
import type { ComplexityLabel } from '../workflow.ts'

/** The names that every template may use. `workflow_id` is the run's id, as in the files of the seed's system. */
export const templateNames = ['workflow_id', 'run_id', 'workflow', 'prompt', 'complexity', 'step', 'agent'] as const

/** What the templates of a step are filled in from. */
export interface TemplateFacts {
  readonly runId: string
  readonly workflow: string
  readonly prompt: string
  readonly complexity: ComplexityLabel
  /** As the file numbers it. */
  readonly step: number
  readonly agent: string
  /** As `resolveInputs` gave them. */
  readonly inputs: Readonly<Record<string, JsonValue>>
}

/** Whether a template may use a name: one of ours, `inputs.name`, or the bare name of an input that hides none of ours. */
export function isTemplateName(name: string, inputs: ReadonlySet<string>): boolean {
  if (templateNames.some((known) => known === name)) return true
  return inputs.has(name.startsWith('inputs.') ? name.slice('inputs.'.length) : name)
}

/** The values for `renderTemplate`. An input that was not given is empty text; a list or a map is written as JSON. */
export function templateValues(facts: TemplateFacts, declared: readonly PlannedInput[]): Record<string, string> {
  const inputs = declared.map(({ name }): [string, string] => [name, asText(facts.inputs, name)])
  const { runId, workflow, prompt, complexity, step, agent } = facts
  const own = { workflow_id: runId, run_id: runId, workflow, prompt, complexity, step: String(step), agent }
  const qualified = inputs.map(([name, value]): [string, string] => [`inputs.${name}`, value])
  return Object.fromEntries([...inputs, ...qualified, ...Object.entries(own)])
}

function asText(inputs: Readonly<Record<string, JsonValue>>, name: string): string {
  const value = Object.hasOwn(inputs, name) ? inputs[name] : undefined
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
