import type { JsonValue } from '../plan/json-value.ts'
import type { WorkflowPlan } from '../plan/workflow-plan.ts'

/** The names that every template may use. `workflow_id` is the run's id, as in the files of the seed's system. */
export const templateNames = ['workflow_id', 'run_id', 'workflow', 'prompt'] as const

/** A plan with its inputs, as `resolveInputs` gave them. */
export interface TemplateWorkflow {
  readonly plan: Pick<WorkflowPlan, 'name' | 'inputs'>
  readonly inputs: Readonly<Record<string, JsonValue>>
}

/** What a template may say of a run. */
export interface TemplateRun {
  readonly runId: string
  readonly prompt: string
}

/** Whether a template may use a name: one of ours, `inputs.name`, or the bare name of an input that hides none of ours. */
export function isTemplateName(name: string, inputs: ReadonlySet<string>): boolean {
  if (templateNames.some((known) => known === name)) return true
  return inputs.has(name.startsWith('inputs.') ? name.slice('inputs.'.length) : name)
}

/** The values for `renderTemplate`. An input that was not given is empty text; a list or a map is written as JSON. */
export function templateValues({ plan, inputs }: TemplateWorkflow, run: TemplateRun): Record<string, string> {
  const given = plan.inputs.map(({ name }): [string, string] => [name, asText(inputs, name)])
  const qualified = given.map(([name, value]): [string, string] => [`inputs.${name}`, value])
  const own = { workflow_id: run.runId, run_id: run.runId, workflow: plan.name, prompt: run.prompt }
  return Object.fromEntries([...given, ...qualified, ...Object.entries(own)])
}

function asText(inputs: Readonly<Record<string, JsonValue>>, name: string): string {
  const value = Object.hasOwn(inputs, name) ? inputs[name] : undefined
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
