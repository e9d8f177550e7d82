import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parseWorkflow } from './parse-workflow.ts'
import { planWorkflow } from './plan/plan-workflow.ts'
import type { WorkflowPlan } from './plan/workflow-plan.ts'
import { validateWorkflow } from './validate/validate-workflow.ts'

// Ten shapes of workflow files; the seventh, 5,000 steps, is made here and not kept as a file.
const folder = new URL('./fixtures/shapes/', import.meta.url)

async function problemsOf(name: string): Promise<string[]> {
  const file = fileURLToPath(new URL(name, folder))
  const report = await validateWorkflow(file)
  expect(report).toMatchObject({ file, plan: null, notes: [] })
  return report.problems.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`)
}

async function planOf(name: string): Promise<WorkflowPlan> {
  const { plan, problems } = await validateWorkflow(fileURLToPath(new URL(name, folder)))
  expect(problems).toEqual([])
  if (plan === null) throw new Error('There is no plan, and no problem')
  return plan
}

test('every file of the folder is one of these', async () => {
  const numbers = (await readdir(folder)).map((name) => Number(name.slice(0, 2)))
  expect(numbers.toSorted((one, other) => one - other)).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 10])
})

describe('a file loads', () => {
  test('with numbers that are fractions, quoted or not', async () => {
    const { steps, notes } = await planOf('01-fractions.yaml')
    expect(steps.map(({ number, needs }) => [number, needs])).toEqual([
      [0, []],
      [0.1, [0]],
      [0.25, [1]],
      [1.5, [2, 1]],
      [10, [3]],
    ])
    expect(steps[1]).toMatchObject({
      type: 'validation',
      validation: { minimumScore: 7 },
      attempts: 3,
      backoffMs: null,
    })
    expect(steps[4]).toMatchObject({ approval: 'before' })
    expect(notes).toEqual([])
  })

  test('with outputs that are maps within maps', async () => {
    const { steps } = await planOf('02-nested-outputs.yaml')
    expect(steps[0]?.namedOutputs).toEqual({
      raw: 'data/raw.csv',
      'reports.short': 'out/short.md',
      'reports.long.text': 'out/long.md',
      'reports.long.figures': 'out/figures.json',
      'map.svg': 'map.svg',
      legend: 'out/legend.json',
    })
    expect(steps[0]?.outputs).toEqual(Object.values(steps[0]?.namedOutputs ?? {}))
    expect(steps[1]?.outputs).toEqual(['out/sheet-{{workflow_id}}.pdf', 'plain.txt', '2027'])
  })

  test('with conditions in prose, each of them noted with its place', async () => {
    const { steps, notes } = await planOf('03-prose-conditions.yaml')
    expect(steps.map(({ condition }) => condition?.kind)).toEqual([
      undefined,
      ...['prose', 'prose', 'prose', 'prose', 'prose', 'prose'],
    ])
    expect(notes.map(({ line, column, step }) => [line, column, step])).toEqual([
      [4, 61, 1],
      [5, 54, 2],
      [6, 55, 3],
      [7, 62, 4],
      [7, 89, 4],
      [8, 54, 5],
      [9, 56, 6],
    ])
    expect(notes[0]?.message).toBe(
      '"there is a piano, or more than four floors" is not an expression: nothing here reads it, so the step always runs',
    )
    expect(notes[3]?.message).toContain('is written for something else (Unknown variable: cat_is_hungry)')
    expect(notes[4]?.message).toContain('names no step')
  })

  test('with anchors and merge keys', async () => {
    const { steps } = await planOf('08-anchors.yaml')
    expect(steps).toMatchObject([
      { name: 'Dough', agents: ['baker'], attempts: 2, backoffMs: 5_000 },
      { name: 'Oven', agents: ['master-baker', 'apprentice'], approval: 'after', attempts: 2 },
      {
        name: 'Shelf',
        agents: ['baker'],
        condition: { kind: 'cel' },
        validation: { gate: 'gates/{{workflow_id}}/bread.json' },
      },
      { name: 'Shop', agents: ['baker'], condition: { kind: 'cel' }, needs: [0, 1] },
    ])
  })

  test('with five thousand steps that all name one before them', () => {
    const step = (n: number) =>
      `  - { step: ${n}, name: S${n}, agent: a, inputs: ["x (from step ${n >>> 1})"], condition: "steps['${n >>> 1}'].status == 'completed'" }\n`
    const steps = Array.from({ length: 4_999 }, (_, n) => step(n + 1)).join('')
    const plan = planWorkflow(parseWorkflow(`name: x\nsteps:\n  - { step: 0, name: S0, agent: a }\n${steps}`, 'f.yaml'))
    expect(plan.steps).toHaveLength(5_000)
    expect(plan.steps.at(-1)).toMatchObject({ position: 4_999, needs: [4_998], condition: { kind: 'cel' } })
    expect(plan.notes).toEqual([])
  })
})

describe('a file fails, with every line and column', () => {
  test('when agents are missing', async () => {
    expect(await problemsOf('04-missing-agents.yaml')).toEqual([
      '6:5 steps[1].agent: is missing',
      '10:11 steps[2].agent: expected text, got nothing',
      '13:12 steps[3].agent: expected text, got a list',
    ])
  })

  test('when steps need each other', async () => {
    expect(await problemsOf('05-cycle.yaml')).toEqual([
      '6:12 steps[0].needs: needs itself: step 0 → step 1 → step 2 → step 0',
      '18:12 steps[3].needs: needs itself: step 3 → step 3',
    ])
  })

  test('when templates name what does not exist', async () => {
    const known = 'known are workflow_id, run_id, workflow, prompt, inputs.town'
    expect(await problemsOf('06-unknown-templates.yaml')).toEqual([
      `6:13 steps[0].agent: no value for {{writer}}: ${known}`,
      `8:12 steps[0].description: no value for {{name}}: ${known}`,
      `10:65 steps[0].description: no value for {{name}}: ${known}`,
      `12:32 steps[0].outputs: no value for {{plan_id}}: ${known}`,
      `14:19 steps[0].validation.gate: no value for {{run.id}}: ${known}`,
    ])
  })

  test('when it is a billion laughs', async () => {
    expect(await problemsOf('09-laughs.yaml')).toEqual(['2:8 : aliases expand to more than 10000'])
  })

  test('when its lines end as on Windows, at the same places', async () => {
    expect(await problemsOf('10-windows.yaml')).toEqual([
      '15:17 steps[1].condition: there is no inputs.missing: known are none',
      '18:19 steps[1].inputs: there is no step 7',
    ])
  })
})

test('a file of the system that Mayfly re-creates has a plan, and notes for what is not read', async () => {
  const { steps, inputs, notes } = await planOf('../elsewhere.yaml')
  expect(inputs.map(({ name, required }) => [name, required])).toEqual([
    ['target_files', true],
    ['primary_agent', true],
  ])
  expect(steps.map(({ agents }) => agents)).toEqual([
    ['planner'],
    ['orchestrator'],
    ['analyst'],
    ['{{primary_agent}}'],
    ['architect', 'developer', 'security-architect'],
    ['qa', 'developer'],
  ])
  expect(steps[0]).toMatchObject({
    attempts: 3,
    backoffMs: 1_000,
    namedOutputs: { reasoning: '.claude/reasoning/{{workflow_id}}/00-planner.json' },
  })
  expect(steps[1]).toMatchObject({ attempts: 2, backoffMs: 1_000, validation: { minimumScore: 7 } })
  expect(notes.map(({ line, path }) => `${line} ${path}`)).toEqual([
    '31 steps[0].inputs',
    '60 steps[2].condition',
    '73 steps[3].on_failure',
    '77 steps[4].condition',
    '82 steps[5].condition',
    '86 iteration',
  ])
})
