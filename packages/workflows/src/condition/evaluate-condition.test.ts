import { describe, expect, test } from 'vitest'
import type { Condition } from '../plan/condition.ts'
import { ConditionError } from './condition-error.ts'
import type { ConditionFacts } from './condition-facts.ts'
import { evaluateCondition } from './evaluate-condition.ts'

const plan = { status: 'completed', round: 0, score: null, output: { files: ['a.ts', 'b.ts'] } }
const review = { status: 'completed', round: 1, score: 7.5, output: { score: 7.5, findings: [] } }
const facts: ConditionFacts = {
  run: { id: 'run-1', prompt: 'Add a page', complexity: 0.8, workflow: 'feature-flow' },
  inputs: { version: '2.1', amount: 3, deep: { list: [1, 2] }, constructor: 'x' },
  steps: {
    ...{ '0': plan, Plan: plan, '0.5': review, 'Review it': review },
    constructor: { status: 'skipped', round: 0, score: null, output: null },
    Build: { status: 'failed', round: 0, score: null, output: null },
  },
}
const ask = (source: string) => evaluateCondition({ kind: 'cel', source }, facts)

test.each([
  ["run.complexity in ['medium', 'high']", true],
  ["run.prompt.contains('page') && run.workflow != 'quick-flow'", true],
  ['inputs.amount == 3 && inputs.amount >= 2.5', true],
  ["inputs.deep.list.exists(n, n == 2) && inputs.version.matches('^2')", true],
  ["steps['Plan'].status == 'completed' && steps['0'].output.files.size() == 2", true],
  ["run.complexity_score > 0.7 && inputs.constructor == 'x'", true],
  ["steps['Review it'].score >= 7", true],
  ["outputs['0.5'].score >= 7", true],
  ["outputs['Review it'].score >= 8", false],
  ["size(outputs['Plan'].files) == 2", true],
  ["steps['Review it'].round == 1", true],
  ["steps['constructor'].status == 'skipped' && outputs['constructor'] == null", true],
  ["'verdict' in outputs['Review it']", false],
  ['has(outputs.Plan.files) && !has(outputs.Plan.score)', true],
  ["steps.exists(name, steps[name].status == 'failed')", true],
])('%s is %s', (source, answer) => {
  expect(ask(source)).toBe(answer)
})

test.each<[Condition, boolean]>([
  [{ kind: 'constant', value: false }, false],
  [{ kind: 'constant', value: true }, true],
  [{ kind: 'prose', text: 'only when it rains' }, true],
])('%j is %s', (condition, answer) => {
  expect(evaluateCondition(condition, facts)).toBe(answer)
})

describe('a condition that cannot be answered', () => {
  test.each([
    ["outputs['Review it'].verdict == 'good'", 'No such key: verdict'],
    ["outputs['Review it'].score > 'seven'", 'no such overload'],
    ["outputs['Review it'].score", 'it comes to number, neither true nor false'],
    ['run.id ==', 'Unexpected token: EOF'],
    ["steps['toString'].status == 'x'", 'No such key: toString'],
  ])('%s', (source, why) => {
    try {
      ask(source)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(ConditionError)
      expect(error).toMatchObject({ code: 'CONDITION_FAILED', condition: source })
      expect((error as Error).message).toContain(why)
    }
  })

  test('because it takes too long', () => {
    const hostile = { ...facts, run: { ...facts.run, prompt: `${'a'.repeat(60)}!` } }
    expect(() => evaluateCondition({ kind: 'cel', source: "run.prompt.matches('^(a+)+$')" }, hostile)).toThrow(
      'took longer than 250 ms',
    )
  })
})

test.each([
  [0, 'low'],
  [0.3, 'low'],
  [0.5, 'medium'],
  [0.65, 'high'],
  [1, 'high'],
])('a complexity of %s is %s', (complexity, label) => {
  const run = { ...facts.run, complexity }
  expect(evaluateCondition({ kind: 'cel', source: `run.complexity == '${label}'` }, { ...facts, run })).toBe(true)
})

test('a step that the condition does not name is not read', () => {
  const steps = Object.defineProperty({ ...facts.steps }, 'Heavy', {
    enumerable: true,
    get: () => expect.unreachable(),
  })
  expect(evaluateCondition({ kind: 'cel', source: "outputs['Plan'].files.size() > 0" }, { ...facts, steps })).toBe(true)
})
