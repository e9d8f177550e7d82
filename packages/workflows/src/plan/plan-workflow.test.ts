import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { listWorkflows } from '../catalogue.ts'
import { loadWorkflow } from '../load-workflow.ts'
import { parseWorkflow } from '../parse-workflow.ts'
import { WorkflowError } from '../workflow-error.ts'
import { planWorkflow } from './plan-workflow.ts'
import type { WorkflowPlan } from './workflow-plan.ts'

const plan = (text: string): WorkflowPlan => planWorkflow(parseWorkflow(text, 'f.yaml'))
const withSteps = (...steps: string[]) =>
  `name: x\nsteps:\n${steps.map((step, number) => `  - { step: ${number}, name: S${number}, agent: a, ${step} }\n`).join('')}`

function problemsOf(text: string): string[] {
  try {
    plan(text)
  } catch (error) {
    if (!(error instanceof WorkflowError)) throw error
    expect(error).toMatchObject({ code: 'WORKFLOW_INVALID', file: 'f.yaml' })
    return error.problems.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`)
  }
  return []
}

describe('the order', () => {
  const needsOf = (...steps: string[]) => plan(withSteps(...steps)).steps.map(({ needs }) => needs)

  test('is that of the file where nothing is said', () => {
    expect(needsOf('', '', '')).toEqual([[], [0], [1]])
  })

  test('is that of needs: by number, by name in any case, one or several, none, and each once', () => {
    expect(needsOf('', 'needs: []', 'needs: 0', 'needs: [s0, "1", 1]', 'needs: S3')).toEqual([[], [], [0], [0, 1], [3]])
  })

  test('may name a step that stands later', () => {
    expect(needsOf('needs: 1', 'needs: []')).toEqual([[1], []])
  })

  test('does not follow the numbers, and says so', () => {
    const { steps, notes } = plan(
      'name: x\nsteps:\n  - { step: 2, name: A, agent: a }\n  - { step: 1, name: B, agent: a }\n',
    )
    expect(steps.map(({ needs }) => needs)).toEqual([[], [0]])
    expect(notes).toEqual([
      {
        step: 1,
        path: 'steps[1].step',
        message: 'comes after step 2: the order of the file counts, not the numbers',
        line: 4,
        column: 13,
      },
    ])
  })
})

describe('agents', () => {
  const agentsOf = (more: string, step = '') => plan(withSteps(step) + more).steps[0]?.agents

  test.each([
    ['', ['a']],
    ['fallback_agents: { a: b }', ['a', 'b']],
    ['fallback_agents: { a: [b, a, c, b], b: d }', ['a', 'b', 'c']],
    ['fallback_agents: { b: c, a: }', ['a']],
    ['fallback_agents: [b, c]', ['a', 'b', 'c']],
    ['fallback_agents: b', ['a', 'b']],
  ])('with %j are %j', (more, agents) => {
    expect(agentsOf(more)).toEqual(agents)
  })

  test('of a step count before those of the workflow', () => {
    expect(agentsOf('fallback_agents: { a: b }', 'fallback_agents: [c]')).toEqual(['a', 'c'])
    expect(agentsOf('fallback_agents: { a: b }', 'fallback_agent: c')).toEqual(['a', 'c'])
    expect(agentsOf('fallback_agents: { a: b }', 'fallback_agents: []')).toEqual(['a'])
  })

  test('that are a name of everything are not taken from it', () => {
    expect(
      plan('name: x\nsteps: [{ step: 0, name: A, agent: constructor }]\nfallback_agents: { b: c }').steps[0]?.agents,
    ).toEqual(['constructor'])
  })
})

describe('retries', () => {
  test.each([
    ['retry: 3', '', 3, null],
    ['retry: { attempts: 3, backoff: 1.5s }', '', 3, 1_500],
    ['retry: { max_attempts: 3, backoff_ms: 20 }', '', 3, 20],
    ['retry: { max_retries: 2, initial_delay_ms: 7 }', '', 3, 7],
    ['retry: { attempts: 4 }', 'retry_config: { max_attempts: 2, backoff: 2m }', 4, 120_000],
    ['', 'retry_config: { max_attempts: 2, backoff_strategy: exponential, initial_delay_ms: 1000 }', 2, 1_000],
    ['', '', null, null],
  ])('%j with %j', (step, workflow, attempts, backoffMs) => {
    expect(plan(withSteps(step) + workflow).steps[0]).toMatchObject({ attempts, backoffMs })
  })

  test('that wait in another way are noted', () => {
    expect(plan(withSteps('retry: { attempts: 2, backoff_strategy: linear }')).notes).toMatchObject([
      { message: '"linear" is not known: the pause doubles' },
    ])
  })
})

describe('on_failure', () => {
  test.each([
    ['on_failure: 0', { to: 0, max: 1 }],
    ['on_failure: s1', { to: 1, max: 1 }],
    ['on_failure: { step: 1, max: 3 }', { to: 1, max: 3 }],
    ['on_failure: { step: S0, notify: somebody }', { to: 0, max: 1 }],
    ['on_failure: stop', undefined],
  ])('%j', (written, onFailure) => {
    expect(plan(withSteps('', '', written)).steps[2]?.onFailure).toEqual(onFailure)
  })
})

describe('approval and validation', () => {
  test.each([
    ['approval: required', 'after'],
    ['approval: true', 'after'],
    ['approval: after', 'after'],
    ['approval: before', 'before'],
    ['approval: none', undefined],
    ['approval: false', undefined],
  ])('%j', (written, approval) => {
    expect(plan(withSteps(written)).steps[0]?.approval).toBe(approval)
  })

  test.each([
    [
      'validation: { schema: s.json, gate: g.json, minimum_score: 7, rubric: r }',
      { schema: 's.json', gate: 'g.json', minimumScore: 7 },
    ],
    ['type: validation, minimum_score: 0.5', { minimumScore: 0.5 }],
    ['validation: { rubric: r }', undefined],
  ])('%j', (written, validation) => {
    expect(plan(withSteps(written)).steps[0]?.validation).toEqual(validation)
  })

  test.each([
    ['timeout: 10m', 600_000],
    ['timeout_ms: 250', 250],
    ['', undefined],
  ])('%j', (written, timeoutMs) => {
    expect(plan(withSteps(written)).steps[0]?.timeoutMs).toBe(timeoutMs)
  })
})

describe('what is wrong is named with its place', () => {
  test.each([
    [withSteps('needs: [0]'), ['3:43 steps[0].needs: needs itself: step 0 → step 0']],
    [
      withSteps('needs: 1', ''),
      [
        '3:43 steps[0].needs: needs itself: step 0 → step 1 → step 0 (step 1 has no needs, so it needs the one before it)',
      ],
    ],
    [withSteps('', 'needs: [0, 7]'), ['4:47 steps[1].needs[1]: there is no step 7: known are 0 (S0), 1 (S1)']],
    [withSteps('needs: { a: b }'), ['3:43 steps[0].needs: expected a list of step numbers or names']],
    [
      withSteps('retry: 0'),
      ['3:43 steps[0].retry: expected a number of attempts from 1 to 100, or a map with attempts and backoff'],
    ],
    [withSteps('retry: { attempts: 101 }'), ['3:55 steps[0].retry.attempts: expected a whole number from 1 to 100']],
    [
      withSteps('retry: { backoff: 5 }'),
      ['3:54 steps[0].retry.backoff: expected a time with its unit, such as 500ms, 5s or 2m'],
    ],
    [withSteps('on_failure: 0'), ['3:48 steps[0].on_failure: step 0 does not come earlier in the file']],
    [
      withSteps('', 'on_failure: nowhere'),
      ['4:48 steps[1].on_failure: there is no step "nowhere": known are 0 (S0), 1 (S1)'],
    ],
    [
      withSteps('', 'on_failure: { step: 0, max: 0 }'),
      ['4:64 steps[1].on_failure.max: expected a whole number from 1 to 100'],
    ],
    [withSteps('', 'needs: [], on_failure: 0'), ['4:59 steps[1].on_failure: step 0 is not among what this step needs']],
    [withSteps('approval: sometimes'), ['3:46 steps[0].approval: expected required (or after), before, or none']],
    [
      withSteps('validation: { minimum_score: high }'),
      ['3:65 steps[0].validation.minimum_score: expected a number from 0 on'],
    ],
    [withSteps('timeout: soon'), ['3:45 steps[0].timeout: expected a time with its unit, such as 10m, 30s or 500ms']],
    [withSteps('fallback_agents: [b, 7]'), ['3:53 steps[0].fallback_agents: expected an agent or a list of agents']],
    [
      `${withSteps('')}fallback_agents: { a: { b: c } }`,
      ['4:18 fallback_agents: expected a map of agents with those that take over, or a list of agents'],
    ],
    [withSteps('inputs: [p (from step 3)]'), ['3:47 steps[0].inputs: there is no step 3']],
    [withSteps('inputs: [p (from step 0)]'), ['3:47 steps[0].inputs: is from this very step']],
    [
      withSteps('', 'needs: [], inputs: [p (from step 0)]'),
      ['4:58 steps[1].inputs: step 0 may not have ended when this step begins: add it to needs'],
    ],
  ])('%s', (text, problems) => {
    expect(problemsOf(text)).toEqual(problems)
  })

  test('all at once, in the order of the file', () => {
    const text = withSteps('approval: sometimes', 'needs: 9', 'retry: 0, condition: run.nothing')
    expect(problemsOf(text).map((problem) => problem.split(' ')[0])).toEqual(['3:46', '4:43', '5:43', '5:57'])
  })

  test('the same step name twice is only wrong where it is meant to say which', () => {
    const twice = 'name: x\nsteps:\n  - { step: 0, name: A, agent: a }\n  - { step: 1, name: a, agent: a }\n'
    expect(problemsOf(twice)).toEqual([])
    expect(problemsOf(`${twice}  - { step: 2, name: B, agent: a, needs: A }`)).toEqual([
      '5:42 steps[2].needs: several steps are called "A": give the number',
    ])
  })

  test('more than 10,000 steps', () => {
    const steps = Array.from({ length: 10_001 }, (_, n) => `- {step: ${n}, name: S, agent: a}\n`).join('')
    expect(problemsOf(`name: x\nsteps:\n${steps}`)).toEqual(['3:1 steps: are more than 10000'])
  })

  test('at most a thousand of them', () => {
    const steps = Array.from({ length: 3_000 }, (_, n) => `- {step: ${n}, name: S, agent: a, needs: [x, y]}\n`).join('')
    expect(problemsOf(`name: x\nsteps:\n${steps}`)).toHaveLength(1_000)
  })

  test('also in a workflow that was not read from a text, without a place', () => {
    const workflow = { ...parseWorkflow(withSteps(''), 'f.yaml'), retry_config: 'often' }
    expect(() => planWorkflow(workflow)).toThrow('f.yaml:1:1: retry_config: expected a number of attempts')
  })
})

describe('what is only worth a word', () => {
  test.each([
    ['depends_on: [0]', '3:48 steps[0].depends_on: is not read: write needs'],
    [
      'parallel: true',
      '3:46 steps[0].parallel: is not read: steps that do not need each other run at one time, so write needs',
    ],
    ['timeout: 600', '3:45 steps[0].timeout: 600 has no unit and is not read: write 10m, 30s or 500ms'],
    [
      'on_failure: Return to the plan',
      '3:48 steps[0].on_failure: "Return to the plan" names no step: nothing here reads it, so a failure ends the run',
    ],
  ])('%s', (step, note) => {
    const { notes } = plan(withSteps(step))
    expect(notes.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`)).toEqual([note])
  })

  test('an input from a step that comes later is there only when the step is done again', () => {
    const { notes } = plan(withSteps('inputs: [review.json (from step 1)]', 'on_failure: 0'))
    expect(notes).toMatchObject([{ step: 0, path: 'steps[0].inputs' }])
    expect(notes[0]?.message).toContain('step 1 comes later')
  })

  test('the keys of other systems that say no are nothing', () => {
    expect(plan(withSteps('parallel: false')).notes).toEqual([])
  })
})

describe('a hostile file is refused, or planned, in moderate time', () => {
  const one = (more: object) => JSON.stringify({ name: 'x', steps: [{ step: 0, name: 'S', agent: 'a', ...more }] })
  const many = (length: number, of: (index: number) => unknown) => Array.from({ length }, (_, index) => of(index))

  test.each<[string, string, string]>([
    ['a megabyte of unknown names', one({ description: '{{a}}'.repeat(200_000) }), 'no value for {{a}}'],
    ['a megabyte of brackets', one({ inputs: ['('.repeat(1_000_000)], retry: 0 }), 'retry'],
    ['a megabyte of sources', one({ inputs: [`(${'from step 1 '.repeat(80_000)}`], retry: 0 }), 'retry'],
    ['100,000 fallback agents', one({ fallback_agents: many(100_000, (n) => `a${n}`) }), 'expected at most 20 agents'],
    [
      '20,000 inputs, and conditions that miss them',
      JSON.stringify({
        name: 'x',
        workflow_inputs: many(20_000, (n) => `input_${n}`),
        steps: many(5_000, (step) => ({ step, name: 'S', agent: 'a', condition: `input-${step} > inputs.input` })),
      }),
      'and 19980 more',
    ],
  ])('%s', (_name, text, message) => {
    expect(problemsOf(text).join('\n')).toContain(message)
  })
})

describe('each workflow of the catalogue', () => {
  let plans: WorkflowPlan[]
  beforeAll(async () => {
    const entries = await listWorkflows()
    plans = await Promise.all(entries.map(async ({ path }) => planWorkflow(await loadWorkflow(path))))
  })

  test('has a plan without a note', () => {
    expect(plans).toHaveLength(5)
    for (const { name, steps, notes } of plans) {
      expect(notes, name).toEqual([])
      expect(
        steps.slice(1).every(({ needs }) => needs.length > 0),
        name,
      ).toBe(true)
    }
  })

  test('has a plan that is the same after it was stored as JSON', () => {
    for (const one of plans) expect(JSON.parse(JSON.stringify(one))).toEqual(one)
  })
})

describe('any document is a plan or a WorkflowError, never anything else', () => {
  const words = fc.constantFrom(
    ...['0', '1', 'A', 'B', 'a', 'run.id', "run.complexity == 'high'", "steps['A'].status == 'x'", 'inputs.a > 1'],
    ...[
      '{{workflow_id}}',
      '{{inputs.a}}',
      '{{',
      'x (from step 1)',
      '(from step 9)',
      '__proto__',
      'constructor',
      '',
      ' ',
    ],
    ...['stop', 'required', 'before', '5s', 'p.matches("(a+)+$")', '[1].all(x, x > 0)', '((((', 'string', '^a+$', '['],
  )
  const value = fc.oneof(
    words,
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.jsonValue({ maxDepth: 3 }),
    fc.array(words),
  )
  const keys = fc.constantFrom(
    ...['needs', 'condition', 'retry', 'on_failure', 'approval', 'validation', 'inputs', 'outputs', 'fallback_agents'],
    ...['fallback_agent', 'timeout', 'timeout_ms', 'minimum_score', 'type', 'description', 'depends_on', 'repeatable'],
    ...['step', 'max', 'attempts', 'backoff', 'gate', 'schema', 'required', 'default', 'enum', 'pattern', '__proto__'],
  )
  const part = fc.oneof(value, fc.dictionary(keys, value, { maxKeys: 4 }))
  const step = fc.tuple(fc.dictionary(keys, part, { maxKeys: 6 }), fc.constantFrom('A', 'B', 'C'))
  const document = fc.record({
    steps: fc.array(step, { minLength: 1, maxLength: 6 }),
    workflow: fc.dictionary(
      fc.constantFrom('retry_config', 'fallback_agents', 'workflow_inputs', 'inputs', 'iteration', 'description'),
      part,
    ),
  })

  const isPlanned = (text: string): boolean => {
    try {
      const made = plan(text)
      return JSON.stringify(JSON.parse(JSON.stringify(made))) === JSON.stringify(made)
    } catch (error) {
      if (!(error instanceof WorkflowError)) throw error
      return error.problems.length > 0 && error.problems.every(({ line, column }) => line >= 1 && column >= 1)
    }
  }

  test('arbitrary values under the known keys', () => {
    let planned = 0
    fc.assert(
      fc.property(document, ({ steps, workflow }) => {
        const numbered = steps.map(([more, name], number) => ({ name, agent: 'a', ...more, step: number }))
        const text = JSON.stringify({ ...workflow, name: 'x', steps: numbered })
        if (isPlanned(text)) planned += 1
        return true
      }),
      { numRuns: 500 },
    )
    expect(planned).toBeGreaterThan(0)
  })

  test('a whole workflow with arbitrary damage', () => {
    const whole = [
      'name: x',
      'workflow_inputs: { a: { type: number, default: 2 } }',
      'fallback_agents: { a: [b] }',
      'steps:',
      "  - { step: 0, name: A, agent: a, outputs: ['{{run_id}}.json'], condition: inputs.a > 1 }",
      '  - { step: 1, name: B, agent: a, needs: [0], on_failure: { step: A, max: 2 }, inputs: [x (from step 0)] }',
    ].join('\n')
    expect(isPlanned(whole)).toBe(true)
    const damage = fc.tuple(fc.nat({ max: whole.length }), fc.nat({ max: 8 }), words)
    fc.assert(
      fc.property(damage, ([at, length, piece]) => isPlanned(whole.slice(0, at) + piece + whole.slice(at + length))),
      { numRuns: 1_000 },
    )
  })
})
