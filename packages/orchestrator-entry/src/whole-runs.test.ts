import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openRunStore, type RunStore, type StepRecord } from '@mayfly/run-store'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { RunFailedError } from './errors.ts'
import { Orchestrator } from './orchestrator.ts'
import type { OrchestratorOptions, PromptOptions } from './orchestrator-options.ts'
import type { PromptResult } from './prompt-result.ts'
import { collectStore, examineStore } from './store-maintenance.ts'

/* Whole workflows with a scripted agent, in the folder that a real one would work on. */

const agent = fileURLToPath(new URL('./fixtures/team-agent.mjs', import.meta.url))

let cwd: string
let lines: string[]
const orchestrators: Orchestrator[] = []

const createOrchestrator = (options: OrchestratorOptions = {}): Orchestrator => {
  const note = (line: string): void => void lines.push(line)
  const logger = { info: note, warn: note }
  const common = {
    cwd,
    environment: { MAYFLY_LEASE: '1s' },
    logger,
    agent,
    mode: 'legacy',
    steps: 'all',
    backoffMs: 1,
  } as const
  const orchestrator = new Orchestrator({ ...common, ...options })
  orchestrators.push(orchestrator)
  return orchestrator
}

const writeWorkflow = (steps: string, more = ''): string => {
  const path = join(cwd, 'flow.yaml')
  writeFileSync(path, `name: flow\n${more}steps:\n${steps}`)
  return path
}

const writeScript = (script: object): void => writeFileSync(join(cwd, 'script.json'), JSON.stringify(script))

interface Note {
  readonly number: number
  readonly attempt: number
  readonly instructions: string
  readonly subject: string
  readonly previous?: { readonly sessionId: string; readonly costUsd: number }
}

const notes = (): Note[] =>
  existsSync(join(cwd, 'notes.jsonl'))
    ? readFileSync(join(cwd, 'notes.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : []

const order = (): number[] => notes().map(({ number }) => number)

const run = (
  workflow: string,
  options: PromptOptions = {},
  orchestrator = createOrchestrator(),
): Promise<PromptResult> => orchestrator.processUserPrompt('Add a greeting', options, { workflow })

const failed = (running: Promise<unknown>): Promise<RunFailedError> =>
  running.then(
    () => Promise.reject(new Error('it completed')),
    (error: unknown) => error as RunFailedError,
  )

const withStore = async <Value>(read: (store: RunStore) => Promise<Value>): Promise<Value> => {
  const store = await openRunStore({ path: join(cwd, '.mayfly', 'mayfly.db') })
  return await read(store).finally(() => store.close())
}

const statuses = (steps: readonly StepRecord[]): string[] => steps.map(({ number, status }) => `${number} ${status}`)

const threeSteps = `
  - { step: 0, name: Plan, agent: planner-like, outputs: [plan.md] }
  - { step: 1, name: Build, agent: developer, inputs: ['plan.md (from step 0)'] }
  - { step: 2, name: Review, agent: reviewer }
`

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'mayfly-whole-'))
  mkdirSync(join(cwd, '.git'))
  lines = []
})

afterEach(async () => {
  await Promise.all(orchestrators.splice(0).map((orchestrator) => orchestrator.cleanup()))
  rmSync(cwd, { recursive: true })
})

describe('a whole workflow', () => {
  test.each(['legacy', 'worker'] as const)('runs to its end in file order, in %s mode', async (mode) => {
    writeScript({ 0: [{ artifacts: { 'plan.md': 'Say hello politely.' } }] })
    const result = await run(writeWorkflow(threeSteps), {}, createOrchestrator({ mode }))
    expect(result.runRecord.status).toBe('completed')
    expect(statuses(result.steps)).toEqual(['0 completed', '1 completed', '2 completed'])
    expect(result.steps.map(({ executionMode }) => executionMode)).toEqual([mode, mode, mode])
    expect(order()).toEqual([0, 1, 2])
  })

  test('tells each agent the task, its step and what earlier steps made', async () => {
    writeScript({ 0: [{ artifacts: { 'plan.md': 'Say hello politely.' } }] })
    const { runId } = await run(writeWorkflow(threeSteps))
    const [, build] = notes()
    expect(build?.instructions).toContain('Add a greeting')
    expect(build?.instructions).toContain('Say hello politely.')
    const artifacts = await withStore((store) => store.listArtifacts(runId))
    const ofBuild = artifacts.filter(({ step }) => step === 1)
    expect(ofBuild.map(({ name }) => name)).toEqual(expect.arrayContaining(['context.json', 'prompt.md']))
    const prompt = ofBuild.find(({ name }) => name === 'prompt.md')
    expect(readFileSync(prompt?.path ?? '', 'utf8')).toBe(build?.instructions)
  })

  test('knows an input by its name when the workflow writes it with a placeholder', async () => {
    writeScript({ 0: [{ artifacts: { 'notes-it.md': 'Asked for.', 'more.md': 'Not asked for.' } }] })
    const path = writeWorkflow(`
  - { step: 0, name: Look, agent: a }
  - { step: 1, name: Build, agent: a, inputs: ['notes-{{run_id}}.md (from step 0)'] }
`)
    await run(path, { runId: 'it' })
    const [, declared = ''] = notes()[1]?.instructions.split('declares as its input') ?? []
    expect(declared.split('other artifacts')[0]).toContain('Asked for.')
    expect(declared.split('other artifacts')[1]).toContain('Not asked for.')
  })

  test('keeps outputs that an agent wrote into the folder', async () => {
    writeScript({ 0: [{ files: { 'plan.md': 'In the folder.' } }] })
    const { runId } = await run(writeWorkflow(threeSteps))
    const artifacts = await withStore((store) => store.listArtifacts(runId))
    const plan = artifacts.find(({ step, name }) => step === 0 && name === 'plan.md')
    expect(readFileSync(plan?.path ?? '', 'utf8')).toBe('In the folder.')
    expect(notes()[1]?.instructions).toContain('In the folder.')
  })

  test('stops at a step that fails, and goes on from there when it is retried', async () => {
    writeScript({ 1: [{ fails: 'no idea' }, {}] })
    const orchestrator = createOrchestrator()
    const { result } = await failed(run(writeWorkflow(threeSteps), {}, orchestrator))
    expect(result.runRecord).toMatchObject({ status: 'failed', error: { message: expect.stringContaining('Build') } })
    expect(statuses(result.steps)).toEqual(['0 completed', '1 failed', '2 pending'])
    const again = await orchestrator.retryRun(result.runId)
    expect(statuses(again.steps)).toEqual(['0 completed', '1 completed', '2 completed'])
    expect(order()).toEqual([0, 1, 1, 2])
  })

  test('is executed by a process that serves the queue', async () => {
    const orchestrator = createOrchestrator({ mode: 'worker' })
    const { runId } = await orchestrator.submitPrompt('Add a greeting', {}, { workflow: writeWorkflow(threeSteps) })
    const stop = new AbortController()
    await createOrchestrator({ mode: 'worker' }).serve({
      signal: stop.signal,
      onSettled: ({ status }) => status === 'completed' && stop.abort(),
    })
    expect(order()).toEqual([0, 1, 2])
    const steps = await withStore((store) => store.listSteps(runId))
    expect(statuses(steps)).toEqual(['0 completed', '1 completed', '2 completed'])
  })

  test('that is left to such a process is on record as executed in workers, and counts as that', async () => {
    const orchestrator = createOrchestrator({ mode: 'auto', heapLimitMb: 300 })
    const { runId } = await orchestrator.submitPrompt('Fix a typo', {}, { workflow: writeWorkflow(threeSteps) })
    const [waiting] = await withStore((store) => store.listQueue({ runId }))
    expect(waiting?.memoryMb).toBeGreaterThanOrEqual(300)
    const stop = new AbortController()
    await createOrchestrator({ mode: 'worker' }).serve({
      signal: stop.signal,
      onSettled: ({ status }) => status === 'completed' && stop.abort(),
    })
    const steps = await withStore((store) => store.listSteps(runId))
    expect(steps.map(({ executionMode }) => executionMode)).toEqual(['worker', 'worker', 'worker'])
    expect(steps[0]?.reason).toContain('whichever process serves the queue')
    const { executionMode, reason } = (await withStore((store) => store.getRun(runId))) ?? {}
    expect({ executionMode, reason }).toMatchObject({
      executionMode: 'worker',
      reason: expect.stringContaining('3 in workers'),
    })
  })

  test('refuses what it cannot do before anything is written', async () => {
    const missing = createOrchestrator({ agent: undefined })
    await expect(run(writeWorkflow(threeSteps), {}, missing)).rejects.toMatchObject({
      code: 'AGENT_NOT_FOUND',
      message: expect.stringContaining('--agent-for developer=<agent>'),
    })
    expect(existsSync(join(cwd, '.mayfly', 'mayfly.db'))).toBe(false)
  })
})

describe('the order of steps', () => {
  test('follows their needs, and independent steps run at the same time', async () => {
    const path = writeWorkflow(`
  - { step: 0, name: One, agent: a, needs: [] }
  - { step: 1, name: Two, agent: a, needs: [] }
  - { step: 2, name: Three, agent: a, needs: [0, 1] }
`)
    const result = await run(path)
    expect(order().at(-1)).toBe(2)
    expect(result.runRecord.status).toBe('completed')
  })

  test('leaves out a step whose condition does not hold, and says so', async () => {
    const path = writeWorkflow(`
  - { step: 0, name: Look, agent: a }
  - { step: 1, name: Mend, agent: a, condition: "outputs['Look'].broken" }
  - { step: 2, name: Tell, agent: a, condition: when it was worth it }
`)
    writeScript({ 0: [{ output: { broken: false } }] })
    const result = await run(path)
    expect(statuses(result.steps)).toEqual(['0 completed', '1 skipped', '2 completed'])
    expect(lines.join('\n')).toContain('when it was worth it')
  })
})

test('a workflow whose only step is left out has completed', async () => {
  const { runRecord, steps } = await run(writeWorkflow(`  - { step: 0, name: Plan, agent: a, condition: '1 > 2' }\n`))
  expect(runRecord.status).toBe('completed')
  expect(statuses(steps)).toEqual(['0 skipped'])
})

describe('a run that was cancelled', () => {
  test('while it waited for a person goes on when it is retried', async () => {
    const orchestrator = createOrchestrator()
    const path = writeWorkflow(`
  - { step: 0, name: Plan, agent: a, approval: before }
  - { step: 1, name: Build, agent: a }
`)
    const { runId } = await run(path, {}, orchestrator)
    await expect(orchestrator.resumeRun(runId)).rejects.toThrow(`mayfly approve ${runId}`)
    await orchestrator.cancelRun(runId)
    await expect(orchestrator.resumeRun(runId)).rejects.toThrow(`mayfly retry ${runId}`)
    expect((await orchestrator.retryRun(runId)).runRecord.status).toBe('waiting')
    expect((await orchestrator.approveRun(runId)).runRecord.status).toBe('completed')
    expect(order()).toEqual([0, 1])
  })
})

test.each(['legacy', 'worker'] as const)(
  'a run whose process ends says that it is interrupted, in %s mode',
  async (mode) => {
    writeScript({ 1: [{ waits: true }, {}] })
    const orchestrator = createOrchestrator({ mode, graceMs: 100 })
    const running = failed(run(writeWorkflow(threeSteps), {}, orchestrator))
    await vi.waitUntil(() => order().includes(1), { timeout: 20_000 })
    await orchestrator.cleanup()
    const { result } = await running
    expect(result.runRecord.status).toBe('interrupted')
    expect(statuses(result.steps)).toEqual(['0 completed', '1 interrupted', '2 pending'])
    const done = await createOrchestrator({ mode }).resumeRun(result.runId)
    expect(done.runRecord.status).toBe('completed')
  },
)

describe('a step that sends back', () => {
  const flow = `
  - { step: 0, name: Plan, agent: a }
  - { step: 1, name: Build, agent: a }
  - { step: 2, name: Review, agent: a, on_failure: { step: 1, max: 1 } }
`

  test('has the earlier step done again, with what it said', async () => {
    writeScript({ 2: [{ fails: 'the greeting is rude' }, {}] })
    const result = await run(writeWorkflow(flow))
    expect(order()).toEqual([0, 1, 2, 1, 2])
    expect(notes()[3]?.instructions).toContain('the greeting is rude')
    expect(notes()[3]?.subject).not.toBe(notes()[1]?.subject)
    expect(result.steps.map(({ round }) => round)).toEqual([0, 1, 1])
  })

  test('keeps what every round was told and made', async () => {
    const made = (text: string) => ({ artifacts: { 'notes.md': text } })
    writeScript({
      1: [made('first'), made('second'), made('third')],
      2: [{ fails: 'rude' }, { fails: 'still rude' }, {}],
    })
    const { runId } = await run(writeWorkflow(flow.replace('max: 1', 'max: 2')))
    const artifacts = await withStore((store) => store.listArtifacts(runId))
    const build = artifacts.filter(({ step, name }) => step === 1 && name.endsWith('notes.md'))
    expect(build.map(({ name, path }) => [name, readFileSync(path, 'utf8')])).toEqual([
      ['attempt-1/notes.md', 'first'],
      ['attempt-2/notes.md', 'second'],
      ['notes.md', 'third'],
    ])
    const surroundings = { cwd, environment: {}, logger: { info: () => {}, warn: () => {} } }
    expect((await examineStore(surroundings)).findings.filter(({ level }) => level !== 'ok')).toEqual([])
  })

  test('fails the run when it has sent back as often as it may', async () => {
    writeScript({ 2: [{ fails: 'still rude' }] })
    const { result } = await failed(run(writeWorkflow(flow)))
    expect(order()).toEqual([0, 1, 2, 1, 2])
    expect(result.runRecord.error).toMatchObject({
      code: 'ROUNDS_EXHAUSTED',
      message: expect.stringMatching(/step 2 \(Review\) failed.*: still rude$/),
    })
  })
})

describe('a fallback agent', () => {
  test('takes over when the first has failed in all its attempts', async () => {
    writeScript({ 0: [{ fails: 'cannot' }, { fails: 'cannot' }, {}] })
    const path = writeWorkflow(`
  - { step: 0, name: Design, agent: architect, retry: { attempts: 2 }, fallback_agent: developer }
`)
    const result = await run(path)
    expect(notes().map((note) => [note.attempt, (note as unknown as { agent: string }).agent])).toEqual([
      [1, 'architect'],
      [2, 'architect'],
      [3, 'developer'],
    ])
    expect(result.runRecord.status).toBe('completed')
  })

  test('begins a session of its own, and is given it back', async () => {
    const said = (sessionId: string) => ({ report: { sessionId }, fails: 'cannot' })
    writeScript({ 0: [said('of-architect'), said('of-architect'), said('of-developer'), {}] })
    await run(
      writeWorkflow(`
  - { step: 0, name: Design, agent: architect, retry: { attempts: 2 }, fallback_agent: developer }
`),
    )
    expect(notes().map(({ previous }) => previous?.sessionId)).toEqual([
      undefined,
      'of-architect',
      undefined,
      'of-developer',
    ])
  })

  test('stands in for one that is not there', async () => {
    const orchestrator = createOrchestrator({ agent: undefined })
    const path = writeWorkflow(`  - { step: 0, name: Design, agent: architect, fallback_agent: developer }\n`)
    await run(path, { agents: { developer: agent } }, orchestrator)
    expect(notes()).toHaveLength(1)
    expect(lines.join('\n')).toContain('Its fallback takes its place')
  })
})

test('an agent that was named and is not there is refused by that name, whoever could stand in for it', async () => {
  const path = writeWorkflow(`  - { step: 0, name: Design, agent: architect, fallback_agent: developer }\n`)
  const options = { agents: { architect: 'arhcitect', developer: agent } }
  const orchestrator = createOrchestrator({ agent: undefined })
  await expect(run(path, options, orchestrator)).rejects.toThrow('Agent "arhcitect" was not found')
})

test('the kill switch lets a run that began in workers go on in place, and says so', async () => {
  writeScript({ 1: [{ fails: 'once' }, {}] })
  const { result } = await failed(run(writeWorkflow(threeSteps), {}, createOrchestrator({ mode: 'worker' })))
  const environment = { MAYFLY_LEASE: '1s', USE_WORKERS: 'false' }
  const done = await createOrchestrator({ environment, mode: 'auto' }).retryRun(result.runId)
  expect(done.runRecord.status).toBe('completed')
  expect(done.outcome?.isolation).toBe('in-process')
  expect(lines.join('\n')).toContain('USE_WORKERS=false keeps its steps from workers')
  // The first was executed before; of the others the record says what executed them, and why.
  expect(done.steps.map(({ executionMode }) => executionMode)).toEqual(['worker', 'legacy', 'legacy'])
  expect(done.steps[2]?.reason).toContain('executed in place')
})

describe('validation', () => {
  const flow = `
  - step: 0
    name: Judge
    agent: a
    type: validation
    minimum_score: 7
    outputs: [verdict.json]
    validation: { schema: verdict.schema.json, gate: 'gates/{{workflow_id}}/00.json' }
`
  const verdict = (value: object) => ({ artifacts: { 'verdict.json': JSON.stringify(value) } })

  beforeEach(() => {
    const schema = { type: 'object', required: ['score'], properties: { score: { type: 'number' } } }
    writeFileSync(join(cwd, 'verdict.schema.json'), JSON.stringify(schema))
  })

  test('finds a schema whose path an input says', async () => {
    const path = writeWorkflow(
      `  - { step: 0, name: Judge, agent: a, outputs: [verdict.json], validation: { schema: '{{inputs.kind}}.schema.json' } }\n`,
      'workflow_inputs: [kind]\n',
    )
    writeScript({ 0: [verdict({ mark: 8 })] })
    const { result } = await failed(run(path, { inputs: { kind: 'verdict' } }))
    expect(result.steps[0]?.error?.message).toContain('score')
    await expect(run(path, { inputs: { kind: 'other' } })).rejects.toMatchObject({ code: 'SCHEMA_NOT_FOUND' })
  })

  test('is refused before anything runs when its schema is none', async () => {
    for (const schema of ['{ not json', '{ "type": 7 }']) {
      writeFileSync(join(cwd, 'verdict.schema.json'), schema)
      await expect(run(writeWorkflow(flow))).rejects.toMatchObject({ code: 'SCHEMA_INVALID' })
    }
    expect(order()).toEqual([])
  })

  test('is refused before anything runs when an input leads its gate out of the folder', async () => {
    const path = writeWorkflow(
      `  - { step: 0, name: Judge, agent: a, validation: { gate: 'gates/{{inputs.name}}.json' } }\n`,
      'workflow_inputs: [name]\n',
    )
    const running = run(path, { inputs: { name: '../../../elsewhere' } })
    await expect(running).rejects.toMatchObject({ code: 'GATE_PATH_INVALID' })
    expect(order()).toEqual([])
  })

  test('that cannot be written down fails the step, and its work stays on record', async () => {
    writeScript({ 0: [{ report: { inputTokens: 7 }, artifacts: { 'verdict.json': '{ "score": 8 }' } }] })
    const runId = 'run-1'
    mkdirSync(join(cwd, '.mayfly/artifacts', runId, 'gates', runId, '00.json'), { recursive: true })
    const { result } = await failed(run(writeWorkflow(flow), { runId }))
    expect(result.steps[0]?.error?.code).toBe('GATE_PATH_INVALID')
    expect(result.artifacts.map(({ name }) => name)).toContain('verdict.json')
    expect(result.outcome).toMatchObject({ status: 'completed', inputTokens: 7 })
  })

  test('writes a gate that says what passed', async () => {
    writeScript({ 0: [verdict({ score: 8 })] })
    const { runId } = await run(writeWorkflow(flow))
    const gate = JSON.parse(readFileSync(join(cwd, '.mayfly/artifacts', runId, 'gates', runId, '00.json'), 'utf8'))
    expect(gate).toMatchObject({ status: 'passed', score: 8, step: 0 })
  })

  test.each([
    ['a low score', { score: 3 }, 'at least 7'],
    ['no score', { mark: 8 }, 'score'],
  ])('fails the step for %s', async (_what, value, said) => {
    writeScript({ 0: [verdict(value)] })
    const { result } = await failed(run(writeWorkflow(flow)))
    expect(result.steps[0]).toMatchObject({ status: 'failed', error: { code: 'STEP_REJECTED' } })
    expect(result.steps[0]?.error?.message).toContain(said)
    const { runId } = result
    const gate = JSON.parse(readFileSync(join(cwd, '.mayfly/artifacts', runId, 'gates', runId, '00.json'), 'utf8'))
    expect(gate.status).toBe('failed')
  })
})

describe('approval', () => {
  const flow = `
  - { step: 0, name: Plan, agent: a, approval: required }
  - { step: 1, name: Build, agent: a }
`

  test('is waited for, also beyond the end of the process, and lets the run go on', async () => {
    const first = createOrchestrator()
    const waiting = await run(writeWorkflow(flow), {}, first)
    expect(waiting.runRecord.status).toBe('waiting')
    expect(statuses(waiting.steps)).toEqual(['0 waiting', '1 pending'])
    expect(waiting.steps[0]?.reason).toContain('must accept')
    await first.cleanup()
    const done = await createOrchestrator().approveRun(waiting.runId)
    expect(done.runRecord.status).toBe('completed')
    expect(done.steps[0]?.reason).toBe('a person has accepted what it has done')
    expect(order()).toEqual([0, 1])
  })

  test('that is refused fails the run, with the words of the person', async () => {
    const orchestrator = createOrchestrator()
    const { runId } = await run(writeWorkflow(flow), {}, orchestrator)
    const { result } = await failed(orchestrator.approveRun(runId, { reject: true, feedback: 'too vague' }))
    expect(result.runRecord).toMatchObject({ status: 'failed', error: { code: 'APPROVAL_REJECTED' } })
    expect(result.runRecord.error?.message).toContain('too vague')
    expect(order()).toEqual([0])
  })

  test('that nobody waits for is refused', async () => {
    const orchestrator = createOrchestrator()
    const { runId } = await run(writeWorkflow(threeSteps), {}, orchestrator)
    await expect(orchestrator.approveRun(runId)).rejects.toMatchObject({ code: 'NOTHING_TO_APPROVE' })
  })
})

describe('a budget', () => {
  test.each([
    ['attempts', { maxAttempts: 2 }],
    ['tokens', { maxTokens: 250 }],
    ['cost', { maxCostUsd: 0.25 }],
  ])('of %s ends the run with a reason, and more of it lets it go on', async (_what, budget) => {
    const report = { inputTokens: 100, outputTokens: 25, costUsd: 0.125 }
    writeScript({ 0: [{ report }], 1: [{ report }], 2: [{ report }] })
    const orchestrator = createOrchestrator(budget)
    const { result } = await failed(run(writeWorkflow(threeSteps), {}, orchestrator))
    expect(result.runRecord.error).toMatchObject({ code: 'BUDGET_EXHAUSTED' })
    expect(statuses(result.steps)).toEqual(['0 completed', '1 completed', '2 pending'])
    const more = createOrchestrator({ maxAttempts: 10, maxTokens: 1000, maxCostUsd: 5 })
    expect(result.runRecord.error?.message).toContain(`mayfly retry ${result.runId}`)
    const done = await more.retryRun(result.runId)
    expect(done.runRecord.status).toBe('completed')
  })

  test('of time cuts the step that is at work', async () => {
    writeScript({ 1: [{ waits: true }] })
    const orchestrator = createOrchestrator({ maxTimeMs: 300 })
    const { result } = await failed(run(writeWorkflow(threeSteps), {}, orchestrator))
    expect(result.runRecord.error).toMatchObject({ code: 'BUDGET_EXHAUSTED' })
    expect(result.runRecord.error?.message).toContain('--max-time')
  })

  test('of cost ends a run whose agent does not say what it cost', async () => {
    const orchestrator = createOrchestrator({ maxCostUsd: 5 })
    const { result } = await failed(run(writeWorkflow(threeSteps), {}, orchestrator))
    expect(result.runRecord.error).toMatchObject({
      code: 'COST_UNREPORTED',
      message: expect.stringContaining('the agent of step 0 (Plan) has not reported'),
    })
  })

  test('of cost holds beside the planner, which costs nothing', async () => {
    const path = writeWorkflow(`  - { step: 0, name: Plan, agent: planner }\n  - { step: 1, name: Build, agent: a }\n`)
    writeScript({ 1: [{ report: { costUsd: 0.5 } }] })
    const orchestrator = createOrchestrator({ agent: undefined, maxCostUsd: 5 })
    const { runRecord } = await run(path, { agents: { a: agent } }, orchestrator)
    expect(runRecord.status).toBe('completed')
  })

  test('is raised also for a run that nobody has begun', async () => {
    const workflow = writeWorkflow(threeSteps)
    const [less, more] = [{ maxAttempts: 1 }, { maxAttempts: 3 }].map(
      (budget) => ({ mode: 'worker', ...budget }) as const,
    )
    const { runId } = await createOrchestrator(less).submitPrompt('Add a greeting', {}, { workflow })
    const done = await createOrchestrator(more).resumeRun(runId)
    expect(done.runRecord.status).toBe('completed')
  })

  test.each([
    [{ maxTimeMs: 60_000 }, '--max-time'],
    [{ maxCostUsd: 5 }, '--max-cost'],
  ] as const)('like %j is refused for a run of a first step, also when nobody has begun it', async (budget, said) => {
    const first = { steps: 'first', mode: 'auto' } as const
    const workflow = writeWorkflow(threeSteps)
    const { runId } = await createOrchestrator(first).submitPrompt('Add a greeting', {}, { workflow })
    const orchestrator = createOrchestrator({ ...first, ...budget })
    const refused = { code: 'SETTING_INVALID', message: expect.stringContaining(said) }
    await expect(orchestrator.resumeRun(runId)).rejects.toMatchObject(refused)
    await expect(orchestrator.requeueRun(runId, 'resume')).rejects.toMatchObject(refused)
    expect(await orchestrator.resumeAll()).toMatchObject([
      { runId, status: 'queued', problem: expect.stringContaining(said) },
    ])
    expect(order()).toEqual([])
    expect((await createOrchestrator(first).resumeRun(runId)).runRecord.status).toBe('completed')
  })

  test.each(['first', 'all'] as const)(
    'of attempts for each step is not changed in a run of %s steps that waits, and that is said',
    async (steps) => {
      const workflow = writeWorkflow(threeSteps)
      const { runId } = await createOrchestrator({ steps, mode: 'auto' }).submitPrompt(
        'Add a greeting',
        {},
        { workflow },
      )
      await createOrchestrator({ steps, mode: 'auto', attempts: 3 }).resumeRun(runId)
      expect(lines.filter((line) => line.includes('attempts') && line.includes(runId))).toHaveLength(1)
      expect(await withStore((store) => store.listQueue({ runId }))).toMatchObject(
        Array.from({ length: steps === 'all' ? 3 : 1 }, () => ({ maxAttempts: 1 })),
      )
    },
  )

  test('that cuts a review short sends nothing back, and leaves it to its own agent', async () => {
    const report = { inputTokens: 600, outputTokens: 1 }
    writeScript({ 0: [{ report }], 1: [{ report, waits: true }, { report }] })
    const path = writeWorkflow(`
  - { step: 0, name: Build, agent: a }
  - { step: 1, name: Review, agent: a, on_failure: 0, fallback_agent: b }
`)
    const { result } = await failed(run(path, {}, createOrchestrator({ maxTokens: 1000 })))
    expect(statuses(result.steps)).toEqual(['0 completed', '1 failed'])
    const { steps } = await createOrchestrator({ maxTokens: 9000 }).retryRun(result.runId)
    expect(steps.map(({ round, agent }) => [round, agent])).toEqual([
      [0, 'a'],
      [0, 'a'],
    ])
    expect(order()).toEqual([0, 1, 1])
  })

  test('that is spent while a step works stops it', async () => {
    writeScript({ 1: [{ report: { inputTokens: 5000, outputTokens: 1 }, waits: true }] })
    const orchestrator = createOrchestrator({ maxTokens: 1000 })
    const { result } = await failed(run(writeWorkflow(threeSteps), {}, orchestrator))
    expect(result.runRecord.error).toMatchObject({ code: 'BUDGET_EXHAUSTED' })
    expect(statuses(result.steps)).toEqual(['0 completed', '1 failed', '2 pending'])
  })
})

test.each([
  [{ maxCostUsd: 1 }, '--max-cost'],
  [{ maxTimeMs: 1000 }, '--max-time'],
  [{ inputs: { language: 'Dutch' } }, '--input'],
  [{ worktree: 'leave' }, '--worktree'],
  [{ waitForWorkspace: true }, '--wait'],
] as const)('a run of a first step, which would not keep to %j, refuses it', async (options, said) => {
  const orchestrator = createOrchestrator({ steps: 'first' })
  await expect(run(writeWorkflow(threeSteps), options, orchestrator)).rejects.toMatchObject({
    code: 'SETTING_INVALID',
    message: expect.stringContaining(said),
  })
  expect(order()).toEqual([])
})

test('a whole run keeps no secret that its prompt, its inputs or its failures contain', async () => {
  const secret = 'correct-horse-battery'
  const environment = { MAYFLY_LEASE: '1s', DEPLOY_TOKEN: secret }
  const path = writeWorkflow(
    `
  - { step: 0, name: Build, agent: a, description: 'Deploy with {{inputs.token}}.' }
  - { step: 1, name: Try it, agent: a, on_failure: 0, validation: { gate: gates/try.json } }
`,
    'workflow_inputs: { token: { type: string } }\n',
  )
  writeScript({ 1: [{ fails: `${secret} is refused` }, {}] })
  const orchestrator = createOrchestrator({ environment })
  const options = { inputs: { token: secret } }
  await orchestrator.processUserPrompt(`Deploy with ${secret}`, options, { workflow: path })
  await orchestrator.cleanup()
  const kept = readdirSync(join(cwd, '.mayfly'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(secret))
  expect(kept.map(({ name }) => name)).toEqual([])
  expect(notes()[0]?.instructions).toContain('[redacted]')
  expect(notes()[2]?.instructions).toContain('[redacted] is refused')
})

test('an idempotency key of a run of a first step is refused for a whole one', async () => {
  const orchestrator = createOrchestrator()
  const path = writeWorkflow(threeSteps)
  const { runId } = await run(path, { idempotencyKey: 'once', steps: 'first' }, orchestrator)
  await expect(run(path, { idempotencyKey: 'once' }, orchestrator)).rejects.toThrow(runId)
})

describe('what is on record about a step', () => {
  test('has its tokens, its cost, its model and the session of its agent, which a later attempt resumes', async () => {
    const report = { sessionId: 'abc', model: 'm-1', inputTokens: 10, outputTokens: 2, costUsd: 0.5 }
    writeScript({ 0: [{ report, fails: 'once' }, { report }] })
    const { runId } = await run(writeWorkflow(`  - { step: 0, name: One, agent: a, retry: 2 }\n`))
    const sessions = await withStore((store) => store.listSessions(runId))
    expect(sessions).toHaveLength(2)
    for (const session of sessions)
      expect(session).toMatchObject({
        agentSession: 'abc',
        model: 'm-1',
        inputTokens: 10,
        outputTokens: 2,
        costUsd: 0.5,
      })
    expect(notes()[1]?.previous).toMatchObject({ sessionId: 'abc', costUsd: 0.5 })
    expect(notes()[1]?.instructions).toContain('once')
    // It is told more, and goes on with what it has kept.
    expect(notes()[1]?.subject).toBe(notes()[0]?.subject)
  })
})

describe('a run of one step', () => {
  test('keeps what its agent said before it failed, and hands it to the next attempt', async () => {
    const report = { sessionId: 'abc', model: 'm-1', inputTokens: 10, costUsd: 0.5 }
    writeScript({ 0: [{ report, fails: 'once' }, {}] })
    const orchestrator = createOrchestrator({ steps: 'first', attempts: 2 })
    const { runId } = await run(writeWorkflow(`  - { step: 0, name: One, agent: a }\n`), {}, orchestrator)
    const [first] = await withStore((store) => store.listSessions(runId))
    expect(first).toMatchObject({ status: 'failed', agentSession: 'abc', model: 'm-1', inputTokens: 10, costUsd: 0.5 })
    expect(notes()[1]?.previous).toMatchObject({ sessionId: 'abc', inputTokens: 10, costUsd: 0.5 })
  })
})

test.each(['all', 'first'] as const)(
  'a run of %s steps is refused where a link or a file stands for its artifacts',
  async (steps) => {
    const orchestrator = createOrchestrator({ steps })
    await run(writeWorkflow(threeSteps), { runId: 'before' }, orchestrator)
    const artifacts = join(cwd, '.mayfly', 'artifacts')
    const place = join(artifacts, 'it')
    const stands = [
      () => symlinkSync(cwd, place),
      () => symlinkSync(join(cwd, 'nothing'), place),
      () => writeFileSync(place, ''),
    ]
    for (const stand of stands) {
      stand()
      await expect(run(writeWorkflow(threeSteps), { runId: 'it' }, orchestrator)).rejects.toMatchObject({
        code: 'ARTIFACT_FOLDER_UNSAFE',
      })
      expect(await withStore((store) => store.getRun('it'))).toBeUndefined()
      rmSync(place)
    }
    rmSync(artifacts, { recursive: true })
    symlinkSync(cwd, artifacts)
    await expect(run(writeWorkflow(threeSteps), { runId: 'it' }, orchestrator)).rejects.toMatchObject({
      code: 'ARTIFACT_FOLDER_UNSAFE',
    })
  },
)

describe('the workspace', () => {
  test('is one whole run at a time, and a second is refused with the name of the first', async () => {
    const orchestrator = createOrchestrator()
    const path = writeWorkflow(`  - { step: 0, name: Plan, agent: a, approval: required }\n`)
    const first = await run(path, {}, orchestrator)
    await expect(run(path, {}, createOrchestrator())).rejects.toMatchObject({
      code: 'WORKSPACE_BUSY',
      message: expect.stringContaining(first.runId),
    })
    expect(readdirSync(join(cwd, '.mayfly', 'artifacts'))).toEqual([first.runId])
  })

  test('is waited for when that is asked for', async () => {
    const orchestrator = createOrchestrator()
    const path = writeWorkflow(`  - { step: 0, name: Plan, agent: a, approval: required }\n`)
    const first = await run(path, {}, orchestrator)
    const second = run(path, { waitForWorkspace: true }, createOrchestrator())
    await vi.waitUntil(() => lines.join('\n').includes('another whole run works in its folder'), { timeout: 20_000 })
    await orchestrator.approveRun(first.runId)
    expect((await second).runRecord.status).toBe('waiting')
  })
})

describe('a worktree', () => {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', ...args], {
      cwd,
      encoding: 'utf8',
    })

  beforeEach(() => {
    rmSync(join(cwd, '.git'), { recursive: true })
    git('init', '--quiet', '--initial-branch=main')
    writeFileSync(join(cwd, 'greet.txt'), 'hi\n')
    writeFileSync(join(cwd, '.gitignore'), 'flow.yaml\nscript.json\n')
    git('add', '.')
    git('commit', '--quiet', '-m', 'first')
  })

  /** The agent finds its script in the folder that it works on. */
  const flow = (): string => writeWorkflow(`  - { step: 0, name: Build, agent: a, description: 'Say hello.' }\n`)
  const greeter = fileURLToPath(new URL('./fixtures/greeting-agent.mjs', import.meta.url))

  test('has its work merged when the run has completed', async () => {
    const { runRecord } = await run(flow(), { worktree: 'merge' }, createOrchestrator({ agent: greeter }))
    expect(runRecord.cwd).not.toBe(cwd)
    expect(readFileSync(join(cwd, 'greet.txt'), 'utf8')).toBe('hello\n')
    expect(existsSync(runRecord.cwd)).toBe(false)
  })

  test('is left as it is where nobody asked for more, with the way to go on', async () => {
    const { runId } = await run(flow(), { worktree: 'leave' }, createOrchestrator({ agent: greeter }))
    expect(readFileSync(join(cwd, 'greet.txt'), 'utf8')).toBe('hi\n')
    expect(git('show', `mayfly/${runId}:greet.txt`)).toBe('hello\n')
    expect(lines.join('\n')).toContain('git')
  })

  test('has its work merged when a person agrees with its last step and nobody stays with the run', async () => {
    const orchestrator = createOrchestrator({ agent: greeter })
    const path = writeWorkflow(
      `  - { step: 0, name: Build, agent: a, description: 'Say hello.', approval: required }\n`,
    )
    const { runId } = await run(path, { worktree: 'merge' }, orchestrator)
    expect((await orchestrator.decideApproval(runId)).status).toBe('completed')
    expect(readFileSync(join(cwd, 'greet.txt'), 'utf8')).toBe('hello\n')
    expect(git('worktree', 'list').trim().split('\n')).toHaveLength(1)
  })

  test('is merged once, and both hear of it, when two wait for the same run', async () => {
    const options = { worktree: 'merge', idempotencyKey: 'once' } as const
    const path = flow()
    const runs = [1, 2].map(() => run(path, options, createOrchestrator({ agent: greeter })))
    const [one, other] = await Promise.all(runs)
    expect(one?.runId).toBe(other?.runId)
    expect(git('worktree', 'list').trim().split('\n')).toHaveLength(1)
    expect(git('branch').trim()).toBe('* main')
    expect(git('log', '--format=%s').trim().split('\n')).toHaveLength(2)
  })

  test('of a run is not touched by a second run that wants its name', async () => {
    const orchestrator = createOrchestrator({ agent: greeter })
    const path = writeWorkflow(`  - { step: 0, name: Build, agent: a, approval: before }\n`)
    const options = { worktree: 'merge', runId: 'named' } as const
    const { runRecord } = await run(path, options, orchestrator)
    await expect(run(path, options, orchestrator)).rejects.toMatchObject({ code: 'RUN_EXISTS' })
    expect(existsSync(runRecord.cwd)).toBe(true)
  })

  test('goes with its run, unless work would be lost', async () => {
    const path = flow()
    const failing = fileURLToPath(new URL('./fixtures/failing-agent.mjs', import.meta.url))
    const orchestrator = createOrchestrator({ agent: failing })
    const [idle, busy] = await Promise.all([
      failed(run(path, { worktree: 'leave', runId: 'idle' }, orchestrator)),
      run(path, { worktree: 'leave', runId: 'busy' }, createOrchestrator({ agent: greeter })),
    ])
    const surroundings = { cwd, environment: {}, logger: { info: () => {}, warn: () => {} } }
    const places = [idle.result.runRecord.cwd, busy.runRecord.cwd]
    const foreseen = await collectStore(surroundings, { keepMs: 0, dryRun: true })
    expect(foreseen.worktrees.toSorted()).toEqual(places.toSorted())
    expect(places.map((place) => existsSync(place))).toEqual([true, true])
    const { worktrees, kept } = await collectStore(surroundings, { keepMs: 0 })
    expect(worktrees).toEqual([places[0]])
    expect(kept).toEqual([expect.stringContaining('mayfly/busy has commits that are not merged')])
    expect(places.map((place) => existsSync(place))).toEqual([false, true])
  })

  test('lets two runs work at one time', async () => {
    const runs = [1, 2].map(() => run(flow(), { worktree: 'leave' }, createOrchestrator({ agent: greeter })))
    const results = await Promise.all(runs)
    expect(results.map(({ runRecord }) => runRecord.status)).toEqual(['completed', 'completed'])
  })
})

test('inputs that a workflow asks for are checked before anything runs', async () => {
  const path = writeWorkflow(
    `  - { step: 0, name: Greet, agent: a, description: 'Greet in {{inputs.language}}.' }\n`,
    `workflow_inputs:\n  language: { type: string, enum: [Dutch, French] }\n`,
  )
  await expect(run(path, { inputs: { language: 'Klingon' } })).rejects.toMatchObject({ code: 'WORKFLOW_INPUT_INVALID' })
  await run(path, { inputs: { language: 'Dutch' } })
  expect(notes()[0]?.instructions).toContain('Greet in Dutch.')
})
