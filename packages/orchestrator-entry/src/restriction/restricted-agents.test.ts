import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Orchestrator } from '../orchestrator.ts'
import type { OrchestratorOptions, PromptOptions } from '../orchestrator-options.ts'

/* What a module agent can do with each permission, tried by one in a real run. */

const module = fileURLToPath(new URL('../fixtures/reaching-agent.mjs', import.meta.url))
const server = createServer()

let base: string
let cwd: string
let outside: string
let lines: string[]
const orchestrators: Orchestrator[] = []

const createOrchestrator = (options: OrchestratorOptions = {}): Orchestrator => {
  const note = (line: string): void => void lines.push(line)
  const orchestrator = new Orchestrator({
    ...{ cwd, agent: module, mode: 'worker', environment: { REACHING_KEY: 'a-key-of-its-own' } },
    logger: { info: note, warn: note },
    ...options,
  })
  orchestrators.push(orchestrator)
  return orchestrator
}

const promptWith = (more: object = {}): string =>
  JSON.stringify({ outside, port: (server.address() as AddressInfo).port, store: join(cwd, '.mayfly'), ...more })

const run = async (options: PromptOptions, orchestrator = createOrchestrator(), prompt = promptWith()) => {
  const { step0Result, ...result } = await orchestrator.processUserPrompt(prompt, options)
  return { ...result, output: step0Result?.output as { reached: Record<string, string>; key: string } }
}

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterAll(() => server.close())

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'mayfly restricted, '))
  cwd = join(base, 'workspace')
  outside = join(base, 'outside')
  lines = []
  for (const folder of [cwd, outside, join(cwd, '.git'), join(cwd, 'src')]) mkdirSync(folder)
  for (const file of ['README.md', '.editorconfig', '.git/config', 'src/old.txt'])
    writeFileSync(join(cwd, file), 'text')
  for (const file of ['secret.txt', 'addon.node']) writeFileSync(join(outside, file), 'secret')
  symlinkSync(outside, join(cwd, 'link'))
})

afterEach(async () => {
  await Promise.all(orchestrators.splice(0).map((orchestrator) => orchestrator.cleanup()))
  rmSync(base, { recursive: true })
})

const denied = 'ERR_ACCESS_DENIED'

const reading = {
  readWorkspace: 'ok',
  readOutside: denied,
  readSystem: denied,
  readDotDot: denied,
  // Not kept: Node follows links that are there. See docs/own-agents.md.
  readThroughLink: 'ok',
  readOwnArtifact: 'ok',
  change: denied,
  createAtTop: denied,
  createBelow: denied,
  changeHidden: denied,
  createHidden: denied,
  replace: denied,
  remove: denied,
  changeGit: denied,
  changeGitRoundabout: denied,
  moveGit: denied,
  changeStore: denied,
  writeOutside: denied,
  writeThroughLink: denied,
  makeLink: denied,
  makeHardLink: denied,
  spawn: denied,
  childProcess: denied,
  workerThread: denied,
  addon: 'ERR_DLOPEN_DISABLED',
  network: 'ok',
}

const editing = {
  ...reading,
  change: 'ok',
  createAtTop: 'ok',
  createBelow: 'ok',
  changeHidden: 'ok',
  replace: 'ok',
  remove: 'ok',
  writeThroughLink: 'ok',
}

const unrestricted = {
  ...Object.fromEntries(Object.keys(reading).map((name) => [name, 'ok'])),
  addon: 'ERR_DLOPEN_FAILED',
}

describe('a module agent', () => {
  test('that may read looks at the workspace and writes its artifacts, and no more', async () => {
    const { output, outcome, runRecord } = await run({ permission: 'read' })
    expect(output.reached).toEqual(reading)
    expect(outcome?.isolation).toBe('process')
    expect(runRecord.reason).toBe('"read" is kept by a process of its own')
    expect(runRecord.routing).toMatchObject({ agents: { planner: `${module} was named; it is kept to "read"` } })
    expect(readFileSync(join(cwd, 'README.md'), 'utf8')).toBe('text')
  })

  test('that may edit also changes files in the workspace, but not those of git and the store', async () => {
    const { output } = await run({ permission: 'edit' })
    expect(output.reached).toEqual(editing)
    expect(readFileSync(join(cwd, '.git', 'config'), 'utf8')).toBe('text')
  })

  test.each(['full', undefined] as const)('is not restricted by the permission %s', async (permission) => {
    const { output } = await run({ permission })
    expect(output.reached).toEqual(unrestricted)
  })

  test('cannot write to a store that lies in the workspace under another name', async () => {
    const store = join(cwd, 'new-store')
    const orchestrator = createOrchestrator({ environment: { MAYFLY_HOME: store } })
    const { output } = await run({ permission: 'edit' }, orchestrator, promptWith({ store }))
    // `new.txt` begins as the store does.
    expect(output.reached).toEqual({ ...editing, createAtTop: denied })
    expect(existsSync(join(store, 'mayfly.db'))).toBe(true)
  })

  test('is told in the log what it was denied, and is not tried again', async () => {
    const failing = createOrchestrator().processUserPrompt(promptWith({ stop: 'x.txt' }), {
      permission: 'read',
      attempts: 3,
    })
    const error = await failing.catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ result: { outcome: { attempt: 1 } } })
    expect(lines.join('\n')).toMatch(/was denied FileSystemWrite of .*x\.txt: see --permission/)
  })

  test('gets the variables that its description names, and a permission', async () => {
    const agentsFile = join(base, 'agents.yaml')
    writeFileSync(
      agentsFile,
      `agents: { reacher: { module: '${module}', permission: edit, environment: [REACHING_KEY] } }`,
    )
    const { output, steps } = await run({}, createOrchestrator({ agentsFile, agent: 'reacher' }))
    expect(output).toEqual({ reached: editing, key: 'a-key-of-its-own' })
    expect(steps[0]?.result).toMatchObject({ output: { reached: editing, key: expect.not.stringContaining('a-key') } })
  })

  test('gets no variables that nobody named', async () => {
    expect((await run({ permission: 'read' })).output.key).toBeNull()
  })
})

describe('a whole workflow with a restricted agent', () => {
  const workflow = `
name: review
description: A plan, and what is thought of it.
steps:
  - { step: 0, name: Plan, agent: planner, outputs: [plan.md] }
  - step: 1
    name: Review
    agent: reviewer
    inputs: [plan.md (from step 0)]
    outputs: [review.json]
    validation: { schema: review.schema.json }
`
  const schema = { type: 'object', required: ['score'], properties: { knowsPlan: { const: true } } }

  test('gives it what earlier steps made, checks what it made, and works in place where it may', async () => {
    writeFileSync(join(base, 'review.yaml'), workflow)
    writeFileSync(join(base, 'review.schema.json'), JSON.stringify(schema))
    const environment = { USE_WORKERS: 'true' }
    const orchestrator = createOrchestrator({ agent: undefined, mode: 'auto', steps: 'all', environment })
    const reviewer = fileURLToPath(new URL('../fixtures/reviewing-agent.mjs', import.meta.url))
    const { runRecord, steps } = await orchestrator.processUserPrompt(
      'Look at the README',
      { permission: 'edit', agents: { reviewer } },
      { workflow: join(base, 'review.yaml') },
    )
    expect(runRecord.status).toBe('completed')
    expect(steps.map(({ executionMode, reason }) => [executionMode, reason])).toEqual([
      ['legacy', expect.any(String)],
      ['worker', '"edit" is kept by a process of its own'],
    ])
    expect(steps[1]?.result).toMatchObject({ output: { knowsPlan: true }, checks: [{ name: 'schema', passed: true }] })
  })
})

describe('a permission that nothing would keep', () => {
  test.each<[string, OrchestratorOptions, RegExp]>([
    ['in place', { mode: 'legacy' }, /"read" is kept by a worker process only, and mode legacy/],
    ['where workers are off', { mode: 'auto' }, /USE_WORKERS is not set.*--mode worker/],
    ['in a thread that was asked for', { isolation: 'thread' }, /a thread was asked for/],
  ])('is refused %s, before anything is written', async (_title, options, message) => {
    const refused = run({ permission: 'read' }, createOrchestrator(options))
    await expect(refused).rejects.toMatchObject({
      code: 'AGENT_OPTION_UNSUPPORTED',
      message: expect.stringMatching(message),
    })
    expect(existsSync(join(cwd, '.mayfly', 'mayfly.db'))).toBe(false)
  })

  test('is kept for a short task too, where workers are on', async () => {
    const environment = { USE_WORKERS: 'true' }
    const { output, runRecord } = await run({ permission: 'read' }, createOrchestrator({ mode: 'auto', environment }))
    expect(output.reached).toEqual(reading)
    expect(runRecord.executionMode).toBe('worker')
  })

  test('is refused beside an agent whose folder is called as the workspace begins', async () => {
    const folder = join(base, 'workspace-agents')
    mkdirSync(folder)
    writeFileSync(join(folder, 'agent.mjs'), 'export default () => 1')
    const refused = run({ permission: 'read' }, createOrchestrator({ agent: join(folder, 'agent.mjs') }))
    await expect(refused).rejects.toMatchObject({ message: expect.stringContaining('whose name begins alike') })
  })

  test('is refused in a folder whose name Node takes for a pattern', async () => {
    const folder = join(base, 'a*b')
    mkdirSync(folder)
    const refused = run({ permission: 'read', cwd: folder })
    await expect(refused).rejects.toMatchObject({ message: expect.stringContaining('"*"') })
  })
})
