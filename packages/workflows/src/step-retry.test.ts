import { expect, test } from 'vitest'
import { parseWorkflow } from './parse-workflow.ts'
import { stepRetry } from './step-retry.ts'

const stepWith = (lines: string) => {
  const text = `name: x\nsteps:\n  - step: 0\n    name: A\n    agent: planner\n${lines}`
  const [step] = parseWorkflow(text, 'x.yaml').steps
  if (step === undefined) throw new Error('no step')
  return step
}

test.each([
  ['a bare number', '    retry: 3\n', 3],
  ['attempts', '    retry: { attempts: 2, on: [timeout] }\n', 2],
  ['max_attempts', '    retry: { max_attempts: 4 }\n', 4],
  ['nothing', '', undefined],
  ['what another system means', '    retry: { strategy: eager }\n', undefined],
  ['a number that makes no sense', '    retry: 0\n', undefined],
])('a step that says %s', (_title, lines, attempts) => {
  expect(stepRetry(stepWith(lines))).toEqual({ attempts })
})

test('a step says whether it may be done again, and nothing else is taken for it', () => {
  expect(stepWith('    repeatable: true\n').repeatable).toBe(true)
  expect(stepWith('').repeatable).toBeUndefined()
  expect(() => stepWith('    repeatable: often\n')).toThrow(/steps\[0\]\.repeatable/)
})
