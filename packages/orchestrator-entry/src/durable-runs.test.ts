import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openRunStore, type RunRecord, type RunStore } from '@mayfly/run-store'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunFailedError } from './errors.ts'
import { Orchestrator } from './orchestrator.ts'
import type { OrchestratorOptions, PromptOptions } from './orchestrator-options.ts'

/* Each orchestrator opens the store on its own, as another process would. */

const agent = fileURLToPath(new URL('./fixtures/scripted-agent.mjs', import.meta.url))

let cwd: string
let notes: string
let gate: string
let lines: string[]
const orchestrators: Orchestrator[] = []

const createOrchestrator = (options: OrchestratorOptions = {}): Orchestrator => {
  const note = (line: string): void => void lines.push(line)
  const logger = { info: note, warn: note }
  const common = { cwd, environment: { MAYFLY_LEASE: '1s' }, logger, agent, mode: 'worker', backoffMs: 1 } as const
  const orchestrator = new Orchestrator({ ...common, ...options })
  orchestrators.push(orchestrator)
  return orchestrator
}

const attempts = (): { attempt: number; lastCheckpoint: unknown; inProcess: boolean }[] =>
  existsSync(notes)
    ? readFileSync(notes, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : []

const withStore = async <Value>(read: (store: RunStore) => Promise<Value>): Promise<Value> => {
  const store = await openRunStore({ path: join(cwd, '.mayfly', 'mayfly.db') })
  return await read(store).finally(() => store.close())
}

/** Resolves when the run has this status; told by the orchestrator, nothing sleeps. */
const reaches = async (orchestrator: Orchestrator, runId: string, status: RunRecord['status']): Promise<void> => {
  for await (const news of orchestrator.watchRun(runId)) if (news.type === 'run' && news.run.status === status) return
  throw new Error(`Run ${runId} has ended without having been ${status}`)
}

const failed = (running: Promise<unknown>): Promise<RunFailedError> =>
  running.then(
    () => Promise.reject(new Error('it completed')),
    (error: unknown) => error as RunFailedError,
  )

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'mayfly-durable-'))
  mkdirSync(join(cwd, '.git'))
  notes = join(cwd, 'notes')
  gate = join(cwd, 'gate')
  lines = []
})

afterEach(async () => {
  await Promise.all(orchestrators.splice(0).map((orchestrator) => orchestrator.cleanup()))
  rmSync(cwd, { recursive: true })
})

describe('a step that fails', () => {
  test.each(['legacy', 'worker'] as const)('has on record what it used in each attempt, in %s mode', async (mode) => {
    const prompt = JSON.stringify({ failures: 2, report: { inputTokens: 100, outputTokens: 5, costUsd: 0.25 } })
    const { result } = await failed(createOrchestrator({ mode }).processUserPrompt(prompt, { attempts: 2 }))
    const sessions = await withStore((store) => store.listSessions(result.runId))
    expect(sessions.map(({ inputTokens, outputTokens, costUsd }) => [inputTokens, outputTokens, costUsd])).toEqual([
      [100, 5, 0.25],
      [100, 5, 0.25],
    ])
  })

  test.each(['legacy', 'worker'] as const)(
    'is tried again in %s mode, from the checkpoint of the attempt before',
    async (mode) => {
      const prompt = JSON.stringify({ notes, failures: 2 })
      const result = await createOrchestrator({ mode }).processUserPrompt(prompt, { attempts: 3 })
      expect(result.runRecord.status).toBe('completed')
      expect(result.outcome?.attempt).toBe(3)
      expect(attempts().map(({ attempt, lastCheckpoint }) => [attempt, lastCheckpoint])).toEqual([
        [1, null],
        [2, { reached: 1 }],
        [3, { reached: 2 }],
      ])
      await withStore(async (store) => {
        const sessions = await store.listSessions(result.runId)
        expect(sessions.map(({ attempt, status }) => [attempt, status])).toEqual([
          [1, 'failed'],
          [2, 'failed'],
          [3, 'completed'],
        ])
        expect(await store.listArtifacts(result.runId)).toMatchObject([
          { name: 'answer.txt', path: result.artifacts[0]?.path },
        ])
      })
      expect(readFileSync(result.artifacts[0]?.path ?? '', 'utf8')).toBe('attempt 3')
      expect(lines.join('\n')).toMatch(/attempt 1: attempt 2 of 3 follows in \d+ ms/)
    },
  )

  test('is not tried again by default, and both record and log say why', async () => {
    const { result } = await failed(createOrchestrator().processUserPrompt(JSON.stringify({ failures: 1 })))
    expect(result.runRecord).toMatchObject({ status: 'failed', error: { code: 'ECONNRESET' } })
    const events = await withStore((store) => store.listEvents(result.runId))
    expect(events.map(({ data }) => data)).toContainEqual({
      step: 0,
      attempt: 1,
      text: 'not tried again: attempt 1 of 1 was the last',
    })
    expect(lines.join('\n')).toContain('attempt 1 of 1 was the last')
  })

  test('of what is wrong in itself is never tried again', async () => {
    const prompt = JSON.stringify({ notes, failures: 3, invalid: true })
    await failed(createOrchestrator().processUserPrompt(prompt, { attempts: 3 }))
    expect(attempts()).toHaveLength(1)
  })

  test('of memory in a thread is tried again in a process', async () => {
    const prompt = JSON.stringify({ notes, grow: 400 })
    const { outcome } = await createOrchestrator().processUserPrompt(prompt, { attempts: 2, heapLimitMb: 64 })
    expect(outcome).toMatchObject({ attempt: 2, isolation: 'process', status: 'completed' })
    expect(attempts().map(({ inProcess }) => inProcess)).toEqual([false, true])
  })

  test('is not tried again when the deadline comes first', async () => {
    const prompt = JSON.stringify({ notes, until: gate })
    const options = { attempts: 5, deadlineMs: 700 }
    const { result } = await failed(createOrchestrator().processUserPrompt(prompt, options))
    expect(result.outcome).toMatchObject({ cause: 'deadline', status: 'timed_out' })
    expect(attempts()).toHaveLength(1)
  })

  test('is tried again by hand as the same run', async () => {
    const orchestrator = createOrchestrator()
    const { result } = await failed(orchestrator.processUserPrompt(JSON.stringify({ notes, failures: 1 })))
    const retried = await createOrchestrator().retryRun(result.runId)
    expect(retried).toMatchObject({ runId: result.runId, runRecord: { status: 'completed' }, outcome: { attempt: 2 } })
    await expect(orchestrator.retryRun(result.runId)).rejects.toMatchObject({ code: 'RUN_NOT_REQUEUABLE' })
  })
})

describe('an idempotency key', () => {
  const prompt = (): string => JSON.stringify({ notes, until: gate })
  const options: PromptOptions = { idempotencyKey: 'once' }

  test('given by several at one time makes one run, whose result all of them get', async () => {
    const running = [1, 2, 3].map(() =>
      createOrchestrator().processUserPrompt(prompt(), { ...options, onStart: () => writeFileSync(gate, '') }),
    )
    const results = await Promise.all(running)
    expect(new Set(results.map(({ runId }) => runId)).size).toBe(1)
    expect(results.map(({ step0Result }) => step0Result)).toEqual(results.map(() => results[0]?.step0Result))
    expect(results.map(({ artifacts }) => artifacts)).toEqual(results.map(() => results[0]?.artifacts))
    expect(attempts()).toHaveLength(1)
  })

  test('gives back the failed run that it names, and a warning when the prompt is another', async () => {
    const { result } = await failed(createOrchestrator().processUserPrompt(JSON.stringify({ failures: 1 }), options))
    const again = await failed(createOrchestrator().processUserPrompt('something else', options))
    expect(again.result.runId).toBe(result.runId)
    expect(again.result.runRecord).toEqual(result.runRecord)
    expect(lines.join('\n')).toContain(`is not that of run ${result.runId}`)
  })

  test.each(['', 'x'.repeat(1001)])('that cannot be one is refused', async (idempotencyKey) => {
    const running = createOrchestrator().processUserPrompt(prompt(), { idempotencyKey })
    await expect(running).rejects.toMatchObject({ code: 'SETTING_INVALID' })
  })
})

describe('several processes on one store', () => {
  test('keep their common limit on workers', async () => {
    const prompt = JSON.stringify({ notes, until: gate })
    const started: string[] = []
    const run = (name: string): Promise<unknown> =>
      createOrchestrator({ maxWorkers: 2 }).processUserPrompt(prompt, {
        onProgress: async () => {
          started.push(name)
          const { workers } = await withStore((store) => store.usage())
          expect(workers).toBeLessThanOrEqual(2)
          if (started.length >= 2) writeFileSync(gate, '')
        },
      })
    await Promise.all(['a', 'b', 'c', 'd'].map(run))
    expect(started).toHaveLength(4)
  })

  test('keep their common limit on runs with one key', async () => {
    const prompt = JSON.stringify({ notes })
    const run = () => createOrchestrator({ maxPerKey: 1 }).processUserPrompt(prompt, { concurrencyKey: 'repository' })
    await Promise.all([run(), run(), run()])
    const sessions = await withStore((store) => store.listSessions())
    const inOrder = sessions.toSorted((one, other) => one.createdAt - other.createdAt)
    expect(inOrder).toHaveLength(3)
    for (const [index, session] of inOrder.entries()) {
      const next = inOrder[index + 1]
      if (next !== undefined) expect(session.endedAt).toBeLessThanOrEqual(next.createdAt)
    }
  })

  test('cancel each other’s runs, running and waiting', async () => {
    const other = createOrchestrator()
    const prompt = JSON.stringify({ until: gate })
    const answers: unknown[] = []
    const running = createOrchestrator().processUserPrompt(prompt, {
      runId: 'running',
      onProgress: async () => answers.push((await other.cancelRun('running', 'not needed')).answer),
    })
    expect((await failed(running)).result.runRecord).toMatchObject({ status: 'cancelled' })
    await other.submitPrompt(prompt, { runId: 'waiting' })
    answers.push((await createOrchestrator().cancelRun('waiting')).answer)
    answers.push((await createOrchestrator().cancelRun('waiting')).answer)
    expect(answers).toEqual(['requested', 'cancelled', 'ended'])
  })
})

describe('a host', () => {
  const serve = (orchestrator: Orchestrator): Promise<void> => orchestrator.serve()

  test('works off what others have submitted', async () => {
    const host = createOrchestrator()
    const submitter = createOrchestrator()
    const submitted = await submitter.submitPrompt(JSON.stringify({ failures: 1 }), { attempts: 2 })
    expect(submitted).toMatchObject({ isNew: true, runRecord: { status: 'queued', executionMode: 'worker' } })
    const serving = serve(host)
    await reaches(submitter, submitted.runId, 'completed')
    await host.cleanup()
    await serving
    const sessions = await withStore((store) => store.listSessions(submitted.runId))
    expect(sessions.map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 'failed'],
      [2, 'completed'],
    ])
  })

  test('that is told to end hands back what is repeatable, for another to finish, and interrupts the rest', async () => {
    const prompt = JSON.stringify({ notes, until: gate })
    const submitter = createOrchestrator()
    const [first, second] = [createOrchestrator({ graceMs: 100 }), createOrchestrator()]
    await submitter.submitPrompt(prompt, { runId: 'repeatable', attempts: 2, repeatable: true })
    await submitter.submitPrompt(prompt, { runId: 'once', attempts: 2 })
    const serving = serve(first)
    await Promise.all([reaches(submitter, 'repeatable', 'running'), reaches(submitter, 'once', 'running')])
    await first.cleanup()
    await serving
    const statusOf = (runId: string) => withStore(async (store) => (await store.getRun(runId))?.status)
    expect(await statusOf('repeatable')).toBe('queued')
    expect(await statusOf('once')).toBe('interrupted')
    writeFileSync(gate, '')
    const again = serve(second)
    await reaches(submitter, 'repeatable', 'completed')
    await submitter.requeueRun('once', 'resume')
    await reaches(submitter, 'once', 'completed')
    await second.cleanup()
    await again
  })

  test('refuses to serve under the kill switch', async () => {
    const host = createOrchestrator({ environment: { USE_WORKERS: 'false' }, mode: undefined })
    await expect(host.serve()).rejects.toMatchObject({ code: 'WORKERS_DISABLED' })
  })

  test('cannot be given what no machine could execute', async () => {
    const submitting = createOrchestrator().submitPrompt('x', { heapLimitMb: 1_000_000 })
    await expect(submitting).rejects.toMatchObject({ code: 'TASK_EXCEEDS_BUDGET' })
  })
})

describe('what was interrupted', () => {
  test.each(['legacy', 'worker'] as const)(
    'in %s mode is resumed from its checkpoint, alone or with all',
    async (mode) => {
      const prompt = JSON.stringify({ notes, until: gate })
      const orchestrator = createOrchestrator({ mode, graceMs: 50 })
      for (const runId of ['one', 'two']) {
        const running = orchestrator.processUserPrompt(prompt, { runId, onProgress: () => void orchestrator.cleanup() })
        expect((await failed(running)).result.runRecord.status).toBe('interrupted')
        await orchestrator.cleanup()
      }
      writeFileSync(gate, '')
      const resumed = await createOrchestrator({ mode }).resumeRun('one')
      expect(resumed).toMatchObject({
        executionMode: mode,
        outcome: { attempt: 2 },
        runRecord: { status: 'completed' },
      })
      expect(attempts().at(-1)).toMatchObject({ attempt: 2, lastCheckpoint: { reached: 1 } })
      const all = await createOrchestrator({ mode }).resumeAll()
      expect(all.map(({ runId, status }) => [runId, status])).toEqual([['two', 'completed']])
      expect(await createOrchestrator().resumeAll()).toEqual([])
    },
  )

  test('is not resumed while it runs, nor when it never was', async () => {
    const orchestrator = createOrchestrator()
    await expect(orchestrator.resumeRun('nothing')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' })
    const refusals: unknown[] = []
    await orchestrator.processUserPrompt(JSON.stringify({ until: gate }), {
      runId: 'it',
      onProgress: async () => {
        refusals.push(
          await createOrchestrator()
            .resumeRun('it')
            .catch((error: unknown) => error),
        )
        writeFileSync(gate, '')
      },
    })
    expect(refusals).toMatchObject([{ code: 'RUN_NOT_REQUEUABLE' }])
  })
})
