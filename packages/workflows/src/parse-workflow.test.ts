import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { firstStep } from './first-step.ts'
import { parseWorkflow } from './parse-workflow.ts'
import { WorkflowError } from './workflow-error.ts'

const minimal = 'name: x\nsteps:\n  - step: 0\n    name: Plan\n    agent: planner\n'

function errorOf(text: string): WorkflowError {
  try {
    parseWorkflow(text, 'file.yaml')
  } catch (error) {
    if (error instanceof WorkflowError) return error
    throw error
  }
  throw new Error('it was accepted')
}

describe('a file written for the seed', () => {
  const seed = `# A workflow
name: "BMAD: enterprise/track 1"
description: >
  From idea
  to release
type: greenfield
steps:
  - step: 0
    name: "Planning: phase / one"
    agent: planner
    type: planning
    inputs:
      - user_prompt
    outputs:
      - plan-{{workflow_id}}.json
      - reasoning: reasoning/{{workflow_id}}/00-planner.json
      - plan.md: { required: true }
    validation:
      schema: schemas/plan.schema.json
      gate: gates/{{workflow_id}}/00-planner.json
      strict: yes
  - step: 0.1
    name: Rate the plan
    agent: orchestrator
    inputs:
      - plan-{{workflow_id}}.json (from step 0)
    condition: "plan.rating < 7"
    retry: { max_attempts: 3, on: [timeout] }
    custom: { anything: [1, 2] }
  - step: "1.5"
    name: Build
    agent: developer
    description:
    inputs: plan.json
    outputs: { code: src, log: build.log }
retry_config: { max_attempts: 3 }
fallback_agents: { developer: [qa, architect] }
workflow_inputs:
  - name: prompt
    required: true
`

  test('loads unchanged, with everything it says', () => {
    const workflow = parseWorkflow(seed, 'seed.yaml')
    expect(workflow).toMatchObject({
      name: 'BMAD: enterprise/track 1',
      description: 'From idea to release\n',
      path: 'seed.yaml',
      type: 'greenfield',
      retry_config: { max_attempts: 3 },
      fallback_agents: { developer: ['qa', 'architect'] },
      workflow_inputs: [{ name: 'prompt', required: true }],
    })
    expect(workflow.steps.map(({ step }) => step)).toEqual([0, 0.1, 1.5])
    expect(workflow.steps[0]).toMatchObject({
      name: 'Planning: phase / one',
      type: 'planning',
      inputs: ['user_prompt'],
      outputs: ['plan-{{workflow_id}}.json', 'reasoning/{{workflow_id}}/00-planner.json', 'plan.md'],
      namedOutputs: { reasoning: 'reasoning/{{workflow_id}}/00-planner.json', 'plan.md': 'plan.md' },
      validation: {
        schema: 'schemas/plan.schema.json',
        gate: 'gates/{{workflow_id}}/00-planner.json',
        strict: 'yes',
      },
    })
    expect(workflow.steps[1]).toMatchObject({
      inputs: ['plan-{{workflow_id}}.json (from step 0)'],
      outputs: [],
      condition: 'plan.rating < 7',
      retry: { max_attempts: 3, on: ['timeout'] },
      custom: { anything: [1, 2] },
    })
    expect(workflow.steps[2]).toMatchObject({ inputs: ['plan.json'], outputs: ['src', 'build.log'] })
    expect(workflow.steps[2]).not.toHaveProperty('description')
  })

  test.each([
    ['CRLF line ends', seed.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${seed}`],
    ['a document marker', `---\n${seed}...\n`],
  ])('loads the same with %s', (_name, text) => {
    expect(parseWorkflow(text, 'seed.yaml')).toEqual(parseWorkflow(seed, 'seed.yaml'))
  })
})

describe('the first step', () => {
  const withSteps = (...numbers: number[]) =>
    parseWorkflow(
      `name: x\nsteps:\n${numbers.map((n) => `  - { step: ${n}, name: S${n}, agent: a }\n`).join('')}`,
      'f.yaml',
    )

  test.each([
    [[2, 0, 1], 0],
    [[1.5, 0.1, 3], 0.1],
    [[7], 7],
  ])('of %j is %s', (numbers, first) => {
    expect(firstStep(withSteps(...numbers)).step).toBe(first)
  })
})

describe('an error names the line and the column', () => {
  const twoSteps = (second: string) => `${minimal}  - ${second}\n`

  test.each<[string, string, string, number, number, string]>([
    ['an empty file', '', 'WORKFLOW_INVALID', 1, 1, 'expected a map with name and steps'],
    ['a file of comments', '# nothing\n', 'WORKFLOW_INVALID', 1, 1, 'expected a map'],
    ['a list', '- a\n- b\n', 'WORKFLOW_INVALID', 1, 1, 'expected a map'],
    ['a text', 'hello', 'WORKFLOW_INVALID', 1, 1, 'expected a map'],
    ['no steps', 'name: x\n', 'WORKFLOW_INVALID', 1, 1, 'steps: is missing'],
    ['empty steps', 'name: x\nsteps: []\n', 'WORKFLOW_INVALID', 2, 8, 'expected at least one step'],
    [
      'steps that are a map',
      'name: x\nsteps: { a: b }\n',
      'WORKFLOW_INVALID',
      2,
      8,
      'steps: expected a list, got a map',
    ],
    ['an empty name', `name: ""\n${minimal.slice(8)}`, 'WORKFLOW_INVALID', 1, 7, 'name: is empty'],
    ['a missing agent', twoSteps('step: 1\n    name: Build'), 'WORKFLOW_INVALID', 6, 5, 'steps[1].agent: is missing'],
    [
      'an agent that is a list',
      twoSteps('{ step: 1, name: B, agent: [a] }'),
      'WORKFLOW_INVALID',
      6,
      32,
      'steps[1].agent',
    ],
    ['a step that is a text', twoSteps('Build'), 'WORKFLOW_INVALID', 6, 5, 'steps[1]: expected a map, got text'],
    ['a negative step', twoSteps('{ step: -1, name: B, agent: a }'), 'WORKFLOW_INVALID', 6, 13, 'from 0 on'],
    [
      'a step without a number',
      twoSteps('{ step: one, name: B, agent: a }'),
      'WORKFLOW_INVALID',
      6,
      13,
      'a number such as',
    ],
    ['a step that is no number', twoSteps('{ step: .nan, name: B, agent: a }'), 'WORKFLOW_INVALID', 6, 13, 'a number'],
    [
      'a repeated step',
      twoSteps('{ step: 0.0, name: B, agent: a }'),
      'WORKFLOW_INVALID',
      6,
      13,
      'on line 3 and on line 6',
    ],
    ['a repeated key', 'name: x\nsteps: []\nname: y\n', 'WORKFLOW_SYNTAX', 3, 1, 'key "name" is already on line 1'],
    ['a tab', 'name: x\nsteps:\n\t- step: 0\n', 'WORKFLOW_SYNTAX', 3, 1, 'Tabs are not allowed'],
    ['an open bracket', 'name: x\nsteps: [\n', 'WORKFLOW_SYNTAX', 3, 1, ']'],
    ['a NUL byte', 'name: x\nsteps\0', 'WORKFLOW_SYNTAX', 2, 6, 'U+0000'],
    ['an unknown alias', 'name: x\nsteps: *gone\n', 'WORKFLOW_SYNTAX', 2, 8, 'gone'],
    ['a second document', `${minimal}---\n${minimal}`, 'WORKFLOW_SYNTAX', 6, 1, 'second document'],
    ['a nested name', 'name: a: b\n', 'WORKFLOW_SYNTAX', 1, 7, 'Nested mappings'],
  ])('%s', (_name, text, code, line, column, message) => {
    const error = errorOf(text)
    expect(error).toMatchObject({ name: 'WorkflowError', code, file: 'file.yaml', line, column })
    expect(error.message).toContain(`file.yaml:${line}:${column}: `)
    expect(error.message).toContain(message)
  })

  test('every problem is listed in the order of the file, and the message shows ten', () => {
    const steps = Array.from({ length: 12 }, (_, step) => `  - { step: ${step}, name: S }\n`).join('')
    const error = errorOf(`steps:\n${steps}`)
    expect(error.problems.map(({ line }) => line)).toEqual([1, ...Array.from({ length: 12 }, (_, index) => index + 2)])
    expect(error.problems[1]).toEqual({ path: 'steps[0].agent', message: 'is missing', line: 2, column: 5 })
    expect(error.message.split('\n')).toHaveLength(11)
    expect(error.message).toContain('and 3 more')
  })
})

describe('what YAML allows', () => {
  test('merge keys and aliases work', () => {
    const text = `defaults: &d { agent: developer, retry: 2 }\nname: x\nsteps:\n  - { <<: *d, step: 0, name: A }\n`
    expect(parseWorkflow(text, 'f.yaml').steps[0]).toMatchObject({ agent: 'developer', retry: 2 })
  })

  test('a merged step with a mistake is found where it stands', () => {
    const text = `d: &d { agent: 7 }\nname: x\nsteps:\n  - <<: *d\n    step: 0\n    name: A\n`
    expect(errorOf(text)).toMatchObject({ line: 4, column: 5, code: 'WORKFLOW_INVALID' })
  })

  test('five thousand steps that share an alias load', () => {
    const steps = Array.from({ length: 5_000 }, (_, n) => `  - { step: ${n}, name: S, agent: a, retry: *r }\n`)
    expect(parseWorkflow(`r: &r { n: 1 }\nname: x\nsteps:\n${steps.join('')}`, 'f.yaml').steps).toHaveLength(5_000)
  })

  test('a key named __proto__ pollutes nothing', () => {
    const workflow = parseWorkflow(`${minimal}__proto__: { polluted: true }\n`, 'f.yaml')
    expect(workflow['polluted']).toBeUndefined()
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
})

describe('a hostile file is refused in moderate time and memory', () => {
  const laughs = Array.from({ length: 12 }, (_, level) =>
    level === 0 ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]\n' : `a${level}: &a${level} [${`*a${level - 1}, `.repeat(9)}]\n`,
  )

  test.each([
    ['a billion laughs', laughs.join(''), 'aliases expand to more'],
    ['a long text many times', `a: &a ${'x'.repeat(100_000)}\nb: [${'*a, '.repeat(5_000)}]`, 'expands to too much'],
    ['a hundred thousand anchors', `a: [${'&a x, *a, '.repeat(100_000)}]`, 'aliases expand to more'],
    ['a list within itself', 'a: &a [*a]', 'contain themselves'],
    ['a hundred thousand brackets', '['.repeat(100_000), 'nested too deeply'],
    ['a hundred thousand equal keys', 'a: 1\n'.repeat(100_000), 'is already on line 1'],
  ])('%s', (_name, text, message) => {
    const error = errorOf(text)
    expect(error.code).toBe('WORKFLOW_SYNTAX')
    expect(error.message).toContain(message)
  })

  test('a hundred thousand different keys are only not a workflow', () => {
    const keys = Array.from({ length: 100_000 }, (_, n) => `k${n}: 1\n`).join('')
    expect(errorOf(keys).code).toBe('WORKFLOW_INVALID')
  })
})

describe('any text is a workflow or a WorkflowError, never anything else', () => {
  const accepted = (text: string) => {
    try {
      return parseWorkflow(text, 'any.yaml').steps.length > 0
    } catch (error) {
      expect(error).toBeInstanceOf(WorkflowError)
      const { line, column, problems } = error as WorkflowError
      expect(problems.length).toBeGreaterThan(0)
      return Number.isInteger(line) && line >= 1 && Number.isInteger(column) && column >= 1
    }
  }
  const pieces = [
    'name: x',
    'steps:',
    '\n',
    '  ',
    '- ',
    'step: 0',
    'agent: a',
    ': ',
    '&a ',
    '*a',
    '<<: ',
    '{',
    '}',
    '[',
    ']',
  ]
  const more = [
    ',',
    '"',
    "'",
    '|',
    '>',
    '? ',
    '!!set ',
    '%YAML 1.1\n',
    '---\n',
    '#',
    '\t',
    '\r',
    '__proto__: ',
    '1',
    '~',
  ]

  test('arbitrary characters', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), accepted))
  })

  test('arbitrary pieces of YAML', () => {
    const yaml = fc.array(fc.constantFrom(...pieces, ...more), { maxLength: 40 }).map((parts) => parts.join(''))
    fc.assert(fc.property(yaml, accepted), { numRuns: 1_000 })
  })

  test('a workflow with arbitrary damage', () => {
    const damage = fc.tuple(fc.nat({ max: minimal.length }), fc.nat({ max: 8 }), fc.constantFrom(...pieces, ...more))
    const damaged = damage.map(([at, length, piece]) => minimal.slice(0, at) + piece + minimal.slice(at + length))
    fc.assert(fc.property(damaged, accepted), { numRuns: 500 })
  })

  test('a workflow of arbitrary values', () => {
    const document = fc.record({ name: fc.jsonValue(), steps: fc.array(fc.dictionary(fc.string(), fc.jsonValue())) })
    fc.assert(fc.property(document, (value) => accepted(JSON.stringify(value))))
  })
})
