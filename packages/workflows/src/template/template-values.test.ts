import { expect, test } from 'vitest'
import { parseWorkflow } from '../parse-workflow.ts'
import { planWorkflow } from '../plan/plan-workflow.ts'
import { renderTemplate } from '../render-template.ts'
import { templateValues } from './template-values.ts'

const text = JSON.stringify({
  name: 'release',
  workflow_inputs: { version: 'string', files: 'list', prompt: { required: false }, note: { required: false } },
  steps: [
    {
      step: 0,
      name: 'S',
      agent: 'a',
      outputs: ['{{workflow_id}}-{{ run_id }}-{{workflow}}', '{{version}} {{inputs.version}} {{files}} [{{note}}]'],
      description: '{{prompt}} [{{inputs.prompt}}]',
    },
  ],
})

test('every name that a plan accepts has a value, and the prompt is never a template', () => {
  const plan = planWorkflow(parseWorkflow(text, 'f.yaml'))
  const inputs = { version: '1.0', files: ['a', 1] }
  const values = templateValues({ plan, inputs }, { runId: 'run-1', prompt: 'Explain {{workflow_id}}' })
  const step = plan.steps[0]
  expect(step?.outputs.map((output) => renderTemplate(output, values))).toEqual([
    'run-1-run-1-release',
    '1.0 1.0 ["a",1] []',
  ])
  expect(renderTemplate(step?.description ?? '', values)).toBe('Explain {{workflow_id}} []')
})
