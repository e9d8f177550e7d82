import { listedWords } from '../listed-words.ts'
import { placeholdersIn } from '../template/template-placeholders.ts'
import { isTemplateName, templateNames } from '../template/template-values.ts'
import type { WorkflowStep } from '../workflow.ts'
import type { PlanScope } from './plan-scope.ts'
import type { PlannedStep } from './planned-step.ts'

type Text = readonly [key: string, text: string]

/** Checks the names in `{{…}}` wherever a step is filled in before it begins. */
export function checkTemplates(scope: PlanScope, planned: PlannedStep): void {
  for (const [key, text] of textsOf(planned, scope.workflow.steps[planned.position])) {
    for (const { name, start, end } of placeholdersIn(text)) {
      if (isTemplateName(name, scope.inputNames)) continue
      const known = listedWords([...templateNames, ...Array.from(scope.inputNames, (input) => `inputs.${input}`)])
      const message = `no value for {{${name.slice(0, 100)}}}: known are ${known}`
      scope.report.problem(['steps', planned.position, ...key.split('.')], message, { text, start, end })
    }
  }
}

function textsOf({ agents, inputs, outputs, description, validation }: PlannedStep, step?: WorkflowStep): Text[] {
  const fallbackKey = step?.['fallback_agent'] === undefined ? 'fallback_agents' : 'fallback_agent'
  return [
    ...agents.map((agent, index): Text => [index === 0 ? 'agent' : fallbackKey, agent]),
    ...inputs.map((input): Text => ['inputs', input]),
    ...outputs.map((output): Text => ['outputs', output]),
    ['description', description ?? ''],
    ['validation.schema', validation?.schema ?? ''],
    ['validation.gate', validation?.gate ?? ''],
  ]
}
