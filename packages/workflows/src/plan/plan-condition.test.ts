import { describe, expect, test } from 'vitest'
import { parseWorkflow } from '../parse-workflow.ts'
import { WorkflowError } from '../workflow-error.ts'
import { planWorkflow } from './plan-workflow.ts'
import type { WorkflowPlan } from './workflow-plan.ts'

/** Three steps, the last of them with the condition; the second is not among what it needs. */
function plan(condition: string): WorkflowPlan {
  const last = { step: 2, name: 'Last', agent: 'a', needs: [0.5], condition }
  const steps = [{ step: 0.5, name: 'Review it', agent: 'a' }, { step: 1, name: 'Apart', agent: 'a', needs: [] }, last]
  const text = JSON.stringify({ name: 'x', workflow_inputs: { version: 'string', amount: 'number' }, steps })
  return planWorkflow(parseWorkflow(text, 'f.yaml'))
}

function problemOf(condition: string): string {
  try {
    plan(condition)
  } catch (error) {
    if (error instanceof WorkflowError) return error.problems.map(({ message }) => message).join('; ')
    throw error
  }
  return 'none'
}

test.each([
  "run.complexity == 'high' || run.prompt.contains('urgent')",
  "inputs.version.startsWith('2.') && inputs['amount'] > 3",
  "steps['Review it'].status == 'completed'",
  "outputs['0.5'].score >= 7",
  "'findings' in outputs['Review it'] && outputs['Review it'].findings.exists(f, f.severity == 'high')",
  'outputs.size() > 0',
  "steps.all(name, steps[name].status == 'completed')",
  "['a', 'b'].exists(run, run == 'a')",
  'true',
  '1 + 1 == 2',
])('%s is an expression', (condition) => {
  expect(plan(condition)).toMatchObject({
    notes: [],
    steps: [{}, {}, { condition: { kind: 'cel', source: condition } }],
  })
})

test.each([
  'complexity is medium or high',
  'the plan includes UI components',
  'plan.complexity >= moderate',
  'validation-report.consensus_issues.length > 0',
  'file_size(user_requirements) > 15KB',
  "validation_status == 'pass'",
  'mobile_issues_detected',
  'always()',
  'only if all steps. And outputs [see above] are there',
])('%s is prose', (condition) => {
  const { steps, notes } = plan(condition)
  expect(steps[2]?.condition).toEqual({ kind: 'prose', text: condition })
  expect(notes).toMatchObject([{ step: 2, path: 'steps[2].condition', line: 1 }])
  expect(notes[0]?.message).toContain('the step always runs')
})

test.each([
  ['run.complexty == 1', 'there is no run.complexty: known are id, prompt, complexity, complexity_score, workflow'],
  ['inputs.verson == 1', 'there is no inputs.verson: known are version, amount'],
  ["inputs['nothing'] == 1", 'there is no inputs.nothing: known are version, amount'],
  ["steps['Nothing'].status == 'x'", 'there is no step "Nothing": known are 0.5 (Review it), 1 (Apart), 2 (Last)'],
  ['outputs[7].score > 1', 'there is no step "7": known are 0.5 (Review it), 1 (Apart), 2 (Last)'],
  ['outputs[0.5].score > 1', "write outputs['0.5']"],
  ["outputs['review it'].score > 1", 'write "0.5"'],
  ["outputs['Apart'].score > 1", 'step 1 is not among what this step needs, so it may not have ended'],
  ["steps['Last'].status == 'x'", 'step 2 is not among what this step needs, so it may not have ended'],
  ["steps['Review it'].state == 'x'", 'a step has no state: known are status, output, score, round'],
  ["complexity == 'high'", 'there is no complexity: write run.complexity'],
  ["complexety == 'high'", 'there is no complexety: write run.complexity'],
  ["input.version == '2'", 'there is no input: write inputs'],
  ["version == '2'", 'there is no version: write inputs.version'],
  ["run.id == 'a' && elsewhere", 'there is no elsewhere: known are run, inputs, steps, outputs'],
  ['size(run.id)', 'comes to int, neither true nor false'],
  ['run.id.nothing()', "found no matching overload for 'dyn.nothing()'"],
  ["has(outputs['Review it'].score)", "has() takes names only: write 'score' in outputs['Review']"],
  ["run.id == 'a' &&", 'is not a correct expression: Unexpected token: EOF'],
  ["outputs['Review it'.score", 'is not a correct expression: Expected RBRACKET, got EOF'],
  ['', 'is empty'],
  [`run.id == '${'x'.repeat(2_000)}'`, 'is longer than 2000 characters'],
])('%s is a mistake', (condition, problem) => {
  expect(problemOf(condition)).toBe(problem)
})

test.each([
  ['condition: run.id == "a" && inputs.x == 1', 6, 33],
  ["condition: 'run.id == 1 && inputs.x == 1'", 6, 32],
  ['condition: >\n      run.id == "a"\n      && inputs.x == 1', 8, 10],
  ['condition: |-\n      inputs.x == 1\n      || inputs.x == 2', 7, 7],
])('the place of a mistake in %j', (condition, line, column) => {
  const text = `name: x\nsteps:\n  - step: 0\n    name: S\n    agent: a\n    ${condition}\n`
  expect(() => planWorkflow(parseWorkflow(text, 'f.yaml'))).toThrow(
    `f.yaml:${line}:${column}: steps[0].condition: there is`,
  )
})

test('both places are named where the same mistake stands twice', () => {
  const text = 'name: x\nsteps:\n- {step: 0, name: S, agent: a, condition: inputs.x == 1 || inputs.x == 2}\n'
  try {
    planWorkflow(parseWorkflow(text, 'f.yaml'))
    expect.unreachable()
  } catch (error) {
    expect((error as WorkflowError).problems.map(({ column }) => column)).toEqual([43, 60])
  }
})

describe('true and false of YAML', () => {
  test('are constants', () => {
    const text = 'name: x\nsteps: [{ step: 0, name: S, agent: a, condition: false }]'
    expect(planWorkflow(parseWorkflow(text, 'f.yaml')).steps[0]?.condition).toEqual({ kind: 'constant', value: false })
  })
})
