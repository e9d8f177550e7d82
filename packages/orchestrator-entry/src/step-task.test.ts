import { expect, test } from 'vitest'
import { checkStepResult, type StepResult, type StepTask } from './step-task.ts'

const task: StepTask = {
  runId: 'r',
  prompt: 'p',
  cwd: '/',
  complexity: 0.5,
  step: { number: 0, name: 'Plan', agent: 'planner', inputs: [], outputs: [] },
  agent: { kind: 'builtin', name: 'planner' },
}
const written = { name: 'plan.md', path: '/a/plan.md', size: 3, sha256: 'ab'.repeat(32) }
const good: StepResult = {
  step: 0,
  name: 'Plan',
  agent: 'planner',
  summary: 's',
  output: { x: 1 },
  artifacts: [written],
}

test('takes a result that is what was asked for', () => {
  expect(checkStepResult(good, task, [written])).toEqual(good)
})

test.each([
  ['nothing', undefined],
  ['a string', 'done'],
  ['another step', { ...good, step: 1 }],
  ['a value that is not JSON', { ...good, output: () => {} }],
  ['an unknown field', { ...good, extra: 1 }],
  ['an artifact that was never written', { ...good, artifacts: [{ ...written, path: '/etc/passwd' }] }],
  ['a checksum that is not the written one', { ...good, artifacts: [{ ...written, sha256: 'cd'.repeat(32) }] }],
])('refuses %s', (_title, value) => {
  expect(() => checkStepResult(value, task, [written])).toThrow(
    expect.objectContaining({ code: 'STEP_RESULT_INVALID' }),
  )
})
