import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openRunStore } from '@mayfly/run-store'
import { AgentSupervisor } from '@mayfly/supervisor'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { RunFailedError } from './errors.ts'
import { Orchestrator } from './orchestrator.ts'
import type { OrchestratorOptions } from './orchestrator-options.ts'

const agent = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}-agent.mjs`, import.meta.url))

let cwd: string
let lines: string[]
const orchestrators: Orchestrator[] = []

const createOrchestrator = (environment: Record<string, string>, options: OrchestratorOptions = {}): Orchestrator => {
  const note = (line: string): void => void lines.push(line)
  const orchestrator = new Orchestrator({ cwd, environment, logger: { info: note, warn: note }, ...options })
  orchestrators.push(orchestrator)
  return orchestrator
}

const storeOf = () => openRunStore({ path: join(cwd, '.mayfly', 'mayfly.db') })

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'mayfly-orchestrator-'))
  mkdirSync(join(cwd, '.git'))
  writeFileSync(join(cwd, 'login.js'), 'export const login = (user) => authenticate(user)\n')
  lines = []
})

afterEach(async () => {
  await Promise.all(orchestrators.splice(0).map((orchestrator) => orchestrator.cleanup()))
  rmSync(cwd, { recursive: true })
})

describe('a prompt', () => {
  test('is executed in place when workers are off, and everything is on record', async () => {
    const result = await createOrchestrator({}).processUserPrompt('Implement user authentication', { runId: 'first' })
    expect(result).toMatchObject({
      runId: 'first',
      executionMode: 'legacy',
      routing: { workflow: 'feature-flow' },
      step0Result: { agent: 'planner', step: 0 },
      outcome: { status: 'completed', isolation: 'in-process', enforced: false, fuse: 'none' },
      runRecord: { status: 'completed', executionMode: 'legacy', runtime: 'cli_wrapper', error: null },
    })
    expect(result.artifacts.map(({ name }) => name)).toEqual(['plan-first.json', 'plan-first.md'])
    expect(lines).toContain('[Orchestrator Entry] Worker pattern disabled (USE_WORKERS=false)')
    expect(lines).toContain('[Orchestrator Entry] Using legacy in-process execution (worker pattern disabled)')
    const store = await storeOf()
    expect(await store.getRun('first')).toEqual(result.runRecord)
    expect(await store.listSteps('first')).toMatchObject([{ step: 0, agent: 'planner', status: 'completed' }])
    expect(await store.listSessions('first')).toMatchObject([{ isolation: 'in-process', status: 'completed' }])
    expect(await store.listArtifacts('first')).toMatchObject(result.artifacts)
    expect(await store.listObservations()).toMatchObject([
      { runId: 'first', agent: 'planner', executionMode: 'legacy' },
    ])
    await store.close()
  })

  test('is executed in a worker when workers are on and it is long, with the same result', async () => {
    const prompt = 'Implement user authentication'
    const legacy = await createOrchestrator({}).processUserPrompt(prompt, { runId: 'same' })
    const firstPlan = readFileSync(legacy.artifacts[0]?.path ?? '', 'utf8')
    // Not removed: its store is still open, and may write.
    renameSync(join(cwd, '.mayfly'), join(cwd, '.mayfly-legacy'))
    const worker = await createOrchestrator({ USE_WORKERS: 'true' }).processUserPrompt(prompt, { runId: 'same' })
    expect(worker).toMatchObject({
      executionMode: 'worker',
      outcome: { status: 'completed', isolation: 'thread', enforced: true },
    })
    expect(worker.step0Result?.summary).toEqual(legacy.step0Result?.summary)
    const filesOf = (plan: string): unknown => JSON.parse(plan).files
    expect(filesOf(readFileSync(worker.artifacts[0]?.path ?? '', 'utf8'))).toEqual(filesOf(firstPlan))
    expect(lines.join('\n')).toMatch(
      /Initializing worker supervisor[\s\S]*Supervisor initialized successfully[\s\S]*Using worker pattern for long-running task[\s\S]*Spawning worker for step 0[\s\S]*Worker spawned: worker-session-[\s\S]*Worker completed: worker-session-/,
    )
  })

  test.each(['legacy', 'worker'] as const)('is handed to an agent of the user’s own in %s mode', async (mode) => {
    const progress: unknown[] = []
    const result = await createOrchestrator({}).processUserPrompt('say hello', {
      mode,
      agent: agent('echo'),
      onProgress: (value) => progress.push(value),
    })
    expect(result.step0Result).toMatchObject({
      agent: 'echo-agent',
      summary: 'Echo: say hello',
      output: { inWorker: mode === 'worker', cwd },
    })
    expect(readFileSync(result.artifacts[0]?.path ?? '', 'utf8')).toBe('say hello')
    expect(progress).toEqual([{ done: 1, of: 2 }])
    const store = await storeOf()
    expect((await store.listEvents(result.runId)).map(({ data }) => data)).toContainEqual({
      step: 0,
      text: `echoing ${result.runId}`,
    })
    await store.close()
  })

  test.each(['legacy', 'worker'] as const)('that fails in %s mode keeps its error and its artifacts', async (mode) => {
    const error = await createOrchestrator({})
      .processUserPrompt('try', { mode, agent: agent('failing') })
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(RunFailedError)
    expect((error as RunFailedError).result).toMatchObject({
      step0Result: null,
      outcome: { status: 'failed', cause: 'error' },
      artifacts: [{ name: 'half-done.txt' }],
      runRecord: {
        status: 'failed',
        error: { code: 'MODEL_REFUSED', message: expect.stringContaining('the model said no') },
      },
    })
  })

  test('whose agent returns what is not JSON fails with the path of the value', async () => {
    const running = createOrchestrator({}).processUserPrompt('try', { agent: agent('lying') })
    await expect(running).rejects.toMatchObject({
      code: 'RUN_FAILED',
      result: { runRecord: { error: { code: 'AGENT_RESULT_INVALID' } } },
    })
  })

  test.each(['legacy', 'worker'] as const)(
    'names a file that was written twice once, as it is now, in %s mode',
    async (mode) => {
      const { artifacts, step0Result } = await createOrchestrator({}, { mode }).processUserPrompt('write', {
        agent: agent('rewriting'),
      })
      const sha256 = createHash('sha256').update('second').digest('hex')
      expect(artifacts).toMatchObject([{ name: 'answer.txt', sha256 }])
      expect(step0Result?.artifacts).toEqual(artifacts)
    },
  )

  test('is cancelled by its signal', async () => {
    const controller = new AbortController()
    const running = createOrchestrator({}).processUserPrompt('wait', {
      agent: agent('waiting'),
      signal: controller.signal,
      onProgress: () => controller.abort(),
    })
    await expect(running).rejects.toMatchObject({ result: { runRecord: { status: 'cancelled' } } })
  })
})

describe('refusals come before anything is written', () => {
  test.each([
    ['an empty prompt', '  ', {}, 'PROMPT_INVALID'],
    ['an unknown workflow', 'x', { workflow: 'no-such-flow' }, 'WORKFLOW_UNKNOWN'],
    ['an unknown agent', 'x', { agent: 'no-such-agent' }, 'AGENT_NOT_FOUND'],
    ['a run id that leaves its folder', 'x', { runId: '../x' }, 'RUN_ID_INVALID'],
    ['a folder that is not there', 'x', { cwd: '/no/such/folder' }, 'FOLDER_NOT_FOUND'],
    ['a folder whose name is too long', 'x', { cwd: `/${'x'.repeat(300)}` }, 'FOLDER_NOT_FOUND'],
    ['a mode that does not exist', 'x', { mode: 'fast' as never }, 'SETTING_INVALID'],
  ])('%s', async (_title, prompt, options, code) => {
    await expect(createOrchestrator({}).processUserPrompt(prompt, options)).rejects.toMatchObject({ code })
    expect(() => readFileSync(join(cwd, '.mayfly', 'mayfly.db'))).toThrow('ENOENT')
  })

  test('a forced worker under the kill switch', async () => {
    const running = createOrchestrator({ USE_WORKERS: 'false' }).processUserPrompt('x', { mode: 'worker' })
    await expect(running).rejects.toMatchObject({ code: 'WORKERS_DISABLED' })
  })

  test('a run id that is taken', async () => {
    const orchestrator = createOrchestrator({})
    await orchestrator.processUserPrompt('x', { runId: 'once', agent: agent('echo') })
    await expect(orchestrator.processUserPrompt('x', { runId: 'once' })).rejects.toMatchObject({ code: 'RUN_EXISTS' })
  })
})

describe('the flag', () => {
  test('is read when a prompt is processed', async () => {
    const environment: Record<string, string> = {}
    const orchestrator = createOrchestrator(environment, { agent: agent('echo') })
    expect((await orchestrator.processUserPrompt('Implement it')).executionMode).toBe('legacy')
    environment['USE_WORKERS'] = 'true'
    expect((await orchestrator.processUserPrompt('Implement it')).executionMode).toBe('worker')
  })

  test('that cannot be read is off, with one warning that names the value', async () => {
    const orchestrator = createOrchestrator({ USE_WORKERS: 'yes' }, { agent: agent('echo') })
    for (let call = 0; call < 2; call++) {
      expect((await orchestrator.processUserPrompt('Implement it')).executionMode).toBe('legacy')
    }
    expect(lines.filter((line) => line.includes('yes'))).toHaveLength(1)
  })

  test('may be set by mayfly.config.json', async () => {
    writeFileSync(join(cwd, 'mayfly.config.json'), '{ "useWorkers": true }')
    const result = await createOrchestrator({}, { agent: agent('echo') }).processUserPrompt('Implement it')
    expect(result.executionMode).toBe('worker')
  })
})

describe('the supervisor', () => {
  test('is null when workers are off, one instance for all calls when on, and a new one after cleanup', async () => {
    expect(await createOrchestrator({}).initializeSupervisor()).toBeNull()
    const orchestrator = createOrchestrator({ USE_WORKERS: 'true' })
    const [first, second] = await Promise.all([
      orchestrator.initializeSupervisor(),
      orchestrator.initializeSupervisor(),
    ])
    expect(first).not.toBeNull()
    expect(second).toBe(first)
    await orchestrator.cleanup()
    expect(await orchestrator.initializeSupervisor()).not.toBe(first)
  })

  test('is initialised for a short task too, which still runs in place', async () => {
    const result = await createOrchestrator({ USE_WORKERS: 'true' }, { agent: agent('echo') }).processUserPrompt(
      'Fix login button bug',
    )
    expect(result.executionMode).toBe('legacy')
    expect(lines).toContain('[Orchestrator Entry] Supervisor initialized successfully')
    expect(lines).toContain('[Orchestrator Entry] Using legacy in-process execution (task is short-running)')
  })
})

test('takes its parts as arguments: a supervisor and a store of the caller’s', async () => {
  const made: string[] = []
  const orchestrator = createOrchestrator(
    { USE_WORKERS: 'true' },
    {
      agent: agent('echo'),
      createSupervisor: (options) => {
        made.push('supervisor')
        return new AgentSupervisor({ ...options, maxWorkers: 1 })
      },
      openStore: async (path) => {
        made.push('store')
        return await openRunStore({ path: `${path}-elsewhere` })
      },
    },
  )
  expect((await orchestrator.processUserPrompt('Implement it')).executionMode).toBe('worker')
  expect(made).toEqual(['supervisor', 'store'])
  expect(readFileSync(join(cwd, '.mayfly', 'mayfly.db-elsewhere')).length).toBeGreaterThan(0)
})

describe('step 0 by itself', () => {
  const workflow = 'quick-flow'

  test('follows the decision tree, or the path that is forced', async () => {
    const orchestrator = createOrchestrator({ USE_WORKERS: 'true' }, { agent: agent('echo') })
    const inWorker = { output: { inWorker: true } }
    const inPlace = { output: { inWorker: false } }
    expect(await orchestrator.executeStep0('a', workflow, 'Implement it')).toMatchObject(inWorker)
    expect(await orchestrator.executeStep0('b', workflow, 'Fix it', 0.3)).toMatchObject(inPlace)
    expect(await orchestrator.executeStep0Legacy('c', workflow, 'Implement it')).toMatchObject(inPlace)
    expect(await orchestrator.executeStep0Worker('d', workflow, 'Fix it', 0.3)).toMatchObject(inWorker)
    expect(await orchestrator.executeStep0('d', workflow, 'Fix it', 0.3)).toMatchObject(inPlace)
  })
})

describe('step 0 of a run that its caller has written', () => {
  const execute = async (options: OrchestratorOptions, environment = {}): Promise<unknown> => {
    const store = await storeOf()
    await store.createRun({ runId: 'written', prompt: 'Implement it', cwd, status: 'interrupted' })
    await store.close()
    const orchestrator = createOrchestrator(environment, options)
    const { output } = await orchestrator.executeStep0Worker('written', 'quick-flow', 'Implement it')
    return output
  }

  test('gives its agent the variables that it needs, and keeps their values out of the log', async () => {
    const agentsFile = join(cwd, 'agents.yaml')
    const code = 'console.log(process.env.TOOL_TOKEN.length); console.error(process.env.TOOL_TOKEN)'
    const tool = { command: [process.execPath, '-e', code], environment: ['TOOL_TOKEN'] }
    writeFileSync(agentsFile, JSON.stringify({ agents: { tool } }))
    expect(await execute({ agentsFile, agent: 'tool' }, { TOOL_TOKEN: 'token-1234' })).toBe('10')
    expect(lines.join('\n')).not.toContain('token-1234')
  })

  test('has on record what its agent has used', async () => {
    const path = join(cwd, 'reports.mjs')
    writeFileSync(path, `export default (_request, context) => context.report({ inputTokens: 7, costUsd: 0.5 })`)
    await execute({ agent: path })
    const store = await storeOf()
    expect(await store.listSessions('written')).toMatchObject([{ inputTokens: 7, outputTokens: null, costUsd: 0.5 }])
    await store.close()
  })
})

test('step 0 of a run that is running is not executed a second time', async () => {
  const orchestrator = createOrchestrator({}, { agent: agent('waiting') })
  const again = Promise.withResolvers<unknown>()
  const running = orchestrator.processUserPrompt('wait', {
    runId: 'once',
    onProgress: () => {
      again.resolve(orchestrator.executeStep0('once', 'quick-flow', 'wait').catch((error: unknown) => error))
    },
  })
  running.catch(() => {})
  expect(await again.promise).toMatchObject({ code: 'RUN_EXISTS' })
  await orchestrator.cleanup()
})

describe('cleanup', () => {
  test.each(['legacy', 'worker'] as const)(
    'lets nothing in %s mode begin after it that was asked for before',
    async (mode) => {
      const orchestrator = createOrchestrator({}, { mode })
      const run = orchestrator.processUserPrompt('plan', { runId: 'late' })
      run.catch(() => {})
      await orchestrator.cleanup()
      await expect(run).rejects.toMatchObject({ code: 'ORCHESTRATOR_CLOSED' })
      const store = await storeOf()
      expect(await store.getRun('late')).toBeUndefined()
      await store.close()
      expect(await orchestrator.processUserPrompt('plan', { runId: 'again' })).toMatchObject({ executionMode: mode })
    },
  )

  test('ends a worker within its grace, also when the task has broken the settings file', async () => {
    const orchestrator = createOrchestrator({}, { mode: 'worker', graceMs: 60_000 })
    const started = Promise.withResolvers<void>()
    const onProgress = (): void => started.resolve()
    const run = orchestrator.processUserPrompt('wait', { runId: 'broken', agent: agent('waiting'), onProgress })
    run.catch(() => {})
    await started.promise
    writeFileSync(join(cwd, 'mayfly.config.json'), '{broken')
    await orchestrator.cleanup()
    await expect(run).rejects.toMatchObject({ result: { outcome: { cause: 'shutdown', phase: 'cooperative' } } })
    expect(lines).toContain('[Orchestrator Entry] Workers terminated')
    expect(lines).toContain('[Orchestrator Entry] Run store closed')
  })

  test.each(['legacy', 'worker'] as const)(
    'interrupts what runs in %s mode and says so in the record',
    async (mode) => {
      const orchestrator = createOrchestrator({}, { agent: agent('waiting'), mode })
      const running = orchestrator.processUserPrompt('wait', {
        runId: 'waiting',
        onProgress: () => void orchestrator.cleanup('the test is over'),
      })
      await expect(running).rejects.toMatchObject({ result: { runRecord: { status: 'interrupted' } } })
      await orchestrator.cleanup()
      expect(lines).toContain('[Orchestrator Entry] Cleanup completed')
      expect(lines).toContain('[Orchestrator Entry] Run store closed')
      const store = await storeOf()
      expect(await store.getRun('waiting')).toMatchObject({ status: 'interrupted' })
      await store.close()
    },
  )
})
