import { describe, expect, test } from 'vitest'
import { anArtifact, anObservation, aQueuedSession, aSession, aStep } from './fixtures/records.ts'
import { counter, rejection, scratchStore } from './fixtures/scratch.ts'
import type { RunStatus } from './run-record.ts'
import type { RunStore } from './run-store.ts'

const aRun = { runId: 'run-1', prompt: 'Implement it', cwd: '/work' }

async function storeWithRun(): Promise<RunStore> {
  const store = await scratchStore()
  await store.createRun(aRun)
  return store
}

describe('runs', () => {
  test('are accepted with all that is not known yet as null', async () => {
    const store = await scratchStore(() => 1234)
    expect(await store.createRun(aRun)).toEqual({
      ...aRun,
      status: 'queued',
      executionMode: null,
      reason: null,
      workflow: null,
      workflowPath: null,
      complexity: null,
      routing: null,
      runtime: null,
      bootId: store.bootId,
      createdAt: 1234,
      startedAt: null,
      endedAt: null,
      error: null,
      cancelRequestedAt: null,
      idempotencyKey: null,
      workspace: null,
    })
  })

  test('keep every field', async () => {
    const store = await storeWithRun()
    const patch = {
      status: 'failed',
      executionMode: 'worker',
      reason: 'long\0 running',
      workflow: 'feature',
      workflowPath: '/srv/feature.yaml',
      complexity: 0.8,
      routing: { workflow: 'feature', why: ['keyword', null, 0.5] },
      runtime: 'cursor',
      startedAt: 100,
      endedAt: 200,
      error: { name: 'TaskError', message: 'line one\nline two', code: null },
    } as const
    const updated = await store.updateRun('run-1', patch)
    expect(updated).toMatchObject(patch)
    expect(await store.getRun('run-1')).toEqual(updated)
  })

  test('keep what a patch leaves out', async () => {
    const store = await storeWithRun()
    await store.updateRun('run-1', { workflow: 'feature' })
    expect(await store.updateRun('run-1', {})).toMatchObject({ workflow: 'feature', prompt: 'Implement it' })
  })

  test('have ids that are taken only once', async () => {
    const store = await storeWithRun()
    expect(await rejection(store.createRun({ ...aRun, prompt: 'other' }))).toMatchObject({
      code: 'RUN_EXISTS',
      runId: 'run-1',
    })
    expect(await store.getRun('run-1')).toMatchObject({ prompt: 'Implement it' })
  })

  test('are not found under an id that was never accepted', async () => {
    const store = await scratchStore()
    const notFound = { code: 'RUN_NOT_FOUND', runId: 'run-1' }
    expect(await store.getRun('run-1')).toBeUndefined()
    expect(await rejection(store.updateRun('run-1', { status: 'failed' }))).toMatchObject(notFound)
    expect(await rejection(store.saveStep(aStep()))).toMatchObject(notFound)
    expect(await rejection(store.saveSession(aSession()))).toMatchObject(notFound)
    expect(await rejection(store.finishStep({ step: aStep(), run: {}, artifacts: [] }))).toMatchObject(notFound)
    const event = { runId: 'run-1', sessionId: null, type: 'log', data: null }
    expect(await rejection(store.appendEvent(event))).toMatchObject(notFound)
  })

  test('are listed newest first, by status and up to a limit', async () => {
    const store = await scratchStore(() => 5)
    for (const [runId, createdAt] of [
      ['old', 1],
      ['new', 9],
      ['first-of-two', 5],
      ['second-of-two', 5],
    ] as const)
      await store.createRun({ ...aRun, runId, createdAt })
    await store.updateRun('old', { status: 'completed' })
    const ids = async (options?: { limit?: number; status?: RunStatus }): Promise<string[]> =>
      (await store.listRuns(options)).map((run) => run.runId)
    expect(await ids()).toEqual(['new', 'second-of-two', 'first-of-two', 'old'])
    expect(await ids({ limit: 2 })).toEqual(['new', 'second-of-two'])
    expect(await ids({ status: 'completed' })).toEqual(['old'])
    expect(await rejection(store.listRuns({ limit: 0 }))).toMatchObject({ code: 'STORE_INPUT_INVALID' })
  })

  test.each([
    ['NUL', 'before\0after'],
    ['emoji', '🐝 build 👩‍👩‍👧‍👦'],
    ['half of a surrogate pair', '\ud83d'],
    ['quotes and SQL', `'; DROP TABLE runs; -- "`],
    ['one megabyte', 'é'.repeat(512 * 1024)],
    ['nothing', ''],
  ])('come back with the prompt unchanged: %s', async (_name, prompt) => {
    const store = await scratchStore()
    expect((await store.createRun({ ...aRun, prompt })).prompt).toBe(prompt)
    expect((await store.getRun('run-1'))?.prompt).toBe(prompt)
  })

  test('are refused, with nothing written, when a value cannot be kept', async () => {
    const store = await storeWithRun()
    const refused = { code: 'STORE_INPUT_INVALID' }
    const status = 'done' as RunStatus
    expect(await rejection(store.updateRun('run-1', { status }))).toMatchObject({
      ...refused,
      message:
        'runs.status: expected one of queued, running, waiting, completed, failed, cancelled, interrupted, got "done".',
    })
    expect(await rejection(store.updateRun('run-1', { startedAt: 1.5 }))).toMatchObject(refused)
    expect(await rejection(store.updateRun('run-1', { complexity: Number.NaN }))).toMatchObject(refused)
    expect(await rejection(store.updateRun('run-1', { workflow: 'a\0b' }))).toMatchObject(refused)
    expect(await rejection(store.updateRun('run-1', { routing: 1n as never }))).toMatchObject(refused)
    expect(await rejection(store.updateRun('run-1', { bootId: 'nobody' }))).toMatchObject(refused)
    expect(await rejection(store.createRun({ runId: 'run-2', prompt: 'x' } as never))).toMatchObject(refused)
    expect(await rejection(store.createRun({ ...aRun, runId: '../x' }))).toMatchObject({ code: 'RUN_ID_INVALID' })
    expect(await store.listRuns()).toMatchObject([{ status: 'queued', startedAt: null, complexity: null }])
  })
})

describe('steps', () => {
  test('are listed in the order of the workflow, as they were saved last', async () => {
    const store = await storeWithRun()
    const done = aStep({ status: 'completed', endedAt: 20, result: { files: ['plan.md'] } })
    const failed = aStep({ step: 1, status: 'failed', error: { name: 'E', message: 'm', code: 'C' } })
    await store.saveStep(failed)
    await store.saveStep(aStep())
    await store.saveStep(done)
    expect(await store.listSteps('run-1')).toEqual([done, failed])
  })
})

describe('sessions', () => {
  test('need no run and keep every field', async () => {
    const store = await scratchStore()
    const session = aSession({
      runId: null,
      step: null,
      status: 'timed_out',
      cause: 'timeout',
      phase: 'forced',
      exitCode: 1,
      signal: 'SIGKILL',
      peakHeapMb: 100.5,
      peakExternalMb: 3,
      peakRssMb: 80,
      cpuMs: 12.25,
      queuedMs: 0,
      startedInMs: 17.5,
      ranMs: 600000.125,
      enforced: false,
      fuse: 'overridden',
      endedAt: 99,
    })
    await store.saveSession(session)
    expect(await store.listSessions()).toEqual([session])
    expect(await store.listSessions('run-1')).toEqual([])
  })

  test('that are just accepted are read back as given, and refused for the same reasons as any other', async () => {
    const store = await storeWithRun()
    const queued = aQueuedSession({ runId: 'run-1', step: 0 })
    await store.saveSession(queued)
    await store.saveSession(queued)
    expect(await store.listSessions()).toEqual([queued])
    const ofNoRun = aQueuedSession({ sessionId: 'other', runId: 'run-2' })
    expect(await rejection(store.saveSession(ofNoRun))).toMatchObject({ code: 'RUN_NOT_FOUND', runId: 'run-2' })
    const unreadable = aQueuedSession({ sessionId: 'no\0text' })
    expect(await rejection(store.saveSession(unreadable))).toMatchObject({ code: 'STORE_INPUT_INVALID' })
    expect(await store.listSessions()).toEqual([queued])
  })

  test('are never taken back from finished to unfinished', async () => {
    const store = await storeWithRun()
    const finished = aSession({ status: 'completed', cause: 'result', endedAt: 30 })
    await store.saveSession(aSession({ status: 'queued' }))
    await store.saveSession(finished)
    await store.saveSession(aSession({ status: 'running' }))
    await store.saveSession(aQueuedSession({ runId: 'run-1', step: 0 }))
    expect(await store.listSessions('run-1')).toEqual([finished])
    await store.saveSession({ ...finished, peakHeapMb: 64 })
    expect(await store.listSessions('run-1')).toEqual([{ ...finished, peakHeapMb: 64 }])
  })
})

describe('events', () => {
  test('are listed in the order in which they were appended, from any of them on', async () => {
    const store = await storeWithRun()
    for (const data of ['one', 'two', 'three'])
      await store.appendEvent({ runId: 'run-1', sessionId: 'session', type: 'log', data })
    await store.appendEvent({ runId: null, sessionId: null, type: 'log', data: null })
    const events = await store.listEvents('run-1')
    expect(events.map((event) => event.data)).toEqual(['one', 'two', 'three'])
    expect(await store.listEvents('run-1', { afterId: events[0]?.id ?? 0, limit: 1 })).toEqual([events[1]])
  })
})

describe('the end of a step', () => {
  const end = {
    step: aStep({ status: 'completed', endedAt: 20, result: 'done' }),
    run: { status: 'completed', endedAt: 20, error: null },
    sessions: [aSession({ status: 'completed', endedAt: 20 })],
    artifacts: [anArtifact(), anArtifact({ name: 'a.json' })],
    observation: anObservation(),
    events: [{ runId: 'run-1', sessionId: null, type: 'step.completed', data: { step: 0 } }],
  } as const

  test('is written as a whole', async () => {
    const store = await storeWithRun()
    const [artifact, internal] = end.artifacts
    await store.finishStep({ ...end, artifacts: [artifact, { ...internal, isInternal: true }] })
    expect(await store.getRun('run-1')).toMatchObject(end.run)
    expect(await store.listSteps('run-1')).toEqual([end.step])
    expect(await store.listSessions('run-1')).toEqual(end.sessions)
    expect(await store.listArtifacts('run-1')).toEqual([internal, artifact])
    expect(await store.listArtifacts('run-1', { internal: false })).toEqual([artifact])
    expect(await store.listArtifacts('run-1', { step: 0 })).toEqual([internal, artifact])
    expect(await store.listArtifacts('run-1', { step: 1 })).toEqual([])
    expect(await rejection(store.listArtifacts('run-1', { step: 0, internal: false }))).toMatchObject({
      code: 'STORE_INPUT_INVALID',
    })
    expect(await store.listSessions('run-1', { step: 0 })).toEqual(end.sessions)
    expect(await store.listSessions('run-1', { step: 1 })).toEqual([])
    expect(await store.listObservations()).toEqual([end.observation])
    expect(await store.listEvents('run-1')).toMatchObject(end.events)
  })

  test('is written not at all when one part cannot be', async () => {
    const store = await storeWithRun()
    const events = [{ runId: 'run-2', sessionId: null, type: 'log', data: null }]
    expect(await rejection(store.finishStep({ ...end, events }))).toMatchObject({ code: 'RUN_NOT_FOUND' })
    expect(await store.getRun('run-1')).toMatchObject({ status: 'queued' })
    expect(await store.listSteps('run-1')).toEqual([])
    expect(await store.listSessions()).toEqual([])
    expect(await store.listArtifacts('run-1')).toEqual([])
    expect(await store.listObservations()).toEqual([])
  })

  test('replaces the artifacts that an earlier attempt gave the same names', async () => {
    const store = await storeWithRun()
    await store.finishStep(end)
    await store.finishStep({ step: end.step, run: {}, artifacts: [anArtifact({ size: 99 })] })
    expect((await store.listArtifacts('run-1')).map(({ name, size }) => [name, size])).toEqual([
      ['a.json', 12],
      ['plan.md', 99],
    ])
  })

  test('leaves observations to be found by workflow, step and agent', async () => {
    const store = await storeWithRun()
    for (const [at, changes] of [{}, { step: 1 }, { agent: 'claude' }, { workflow: 'other' }].entries())
      await store.finishStep({ ...end, observation: anObservation({ ...changes, at }) })
    const found = async (options: object): Promise<number[]> =>
      (await store.listObservations(options)).map((observation) => observation.at)
    expect(await found({})).toEqual([3, 2, 1, 0])
    expect(await found({ limit: 1 })).toEqual([3])
    expect(await found({ workflow: 'feature', step: 0, agent: 'planner' })).toEqual([0])
    expect(await found({ agent: 'claude' })).toEqual([2])
  })
})

describe('a closed store', () => {
  test('rejects every call, closes again without complaint and interrupts nothing', async () => {
    const store = await storeWithRun()
    await store.close()
    store.closeSync()
    const closed = { code: 'STORE_CLOSED' }
    const calls = [
      store.createRun({ ...aRun, runId: 'run-2' }),
      store.updateRun('run-1', { status: 'running' }),
      store.getRun('run-1'),
      store.listRuns(),
      store.saveStep(aStep()),
      store.listSteps('run-1'),
      store.saveSession(aSession()),
      store.listSessions(),
      store.appendEvent({ runId: null, sessionId: null, type: 'log', data: null }),
      store.listEvents('run-1'),
      store.listArtifacts('run-1'),
      store.listObservations(),
      store.finishStep({ step: aStep(), run: {}, artifacts: [] }),
      store.recoverLost(),
      store.stats(),
    ]
    for (const call of calls) expect(await rejection(call)).toMatchObject(closed)
    expect(store.interruptOwn('too late')).toEqual([])
  })

  test('is what leaving a scope leaves behind', async () => {
    const opened = await scratchStore(counter())
    {
      await using _store = opened
    }
    expect(await rejection(opened.listRuns())).toMatchObject({ code: 'STORE_CLOSED' })
  })
})
