import { describe, expect, test } from 'vitest'
import type { AcceptedRun } from './acceptance.ts'
import type { Claim, ClaimOptions } from './claim.ts'
import { aClaim, aNewStep, anAcceptedRun, anArtifact, anAttemptEnd, anObservation } from './fixtures/records.ts'
import { counter, rejection, scratchStore } from './fixtures/scratch.ts'
import { openRunStore } from './open-run-store.ts'
import type { NewStep } from './queued-step.ts'
import type { RunStore } from './run-store.ts'

/** A store with one run for each step given: `run-0`, `run-1`, … */
async function storeWith(...steps: readonly Partial<NewStep>[]): Promise<RunStore> {
  const store = await scratchStore()
  for (const [index, step] of steps.entries()) await store.accept(anAcceptedRun({ runId: `run-${index}` }, step))
  return store
}

async function claimed(store: RunStore, options: Partial<ClaimOptions> = {}): Promise<Claim> {
  const { claim, because } = await store.claim(aClaim(options))
  if (claim === null) throw new Error(`Nothing was claimed: ${because}`)
  return claim
}

async function claimAll(store: RunStore, options: Partial<ClaimOptions> = {}): Promise<readonly string[]> {
  const runIds = []
  for (;;) {
    const { claim } = await store.claim(aClaim(options))
    if (claim === null) return runIds
    runIds.push(claim.runId)
  }
}

describe('accepting', () => {
  test('queues a run with all that is needed to execute it', async () => {
    const store = await scratchStore()
    const request = { mode: 'worker', timeoutMs: 1000, options: [null, 'é'] }
    const acceptance = await store.accept(anAcceptedRun({ request, workflow: 'feature' }))
    expect(acceptance).toMatchObject({ isNew: true, claim: null, run: { status: 'queued', workflow: 'feature' } })
    expect(await store.getRequest('run-1')).toEqual(request)
    expect(await store.listSteps('run-1')).toMatchObject([{ step: 0, name: 'plan', status: 'queued' }])
    expect(await store.listQueue()).toEqual([
      {
        runId: 'run-1',
        step: 0,
        state: 'queued',
        priority: 0,
        notBefore: 0,
        deadlineAt: null,
        repeatable: false,
        attempt: 0,
        maxAttempts: 1,
        memoryMb: null,
        concurrencyKey: null,
        heldBy: null,
        sessionId: null,
        committedMb: 0,
        workspace: null,
      },
    ])
  })

  test('refuses a run without a step, a taken id and what cannot be kept, and writes nothing then', async () => {
    const store = await storeWith({})
    const refused: readonly [Partial<AcceptedRun>, string][] = [
      [{ steps: [] }, 'STORE_INPUT_INVALID'],
      [{ runId: 'run-0' }, 'RUN_EXISTS'],
      [{ runId: '..' }, 'RUN_ID_INVALID'],
      [{ request: 1n as never }, 'STORE_INPUT_INVALID'],
      [{ steps: [aNewStep({ maxAttempts: 0 })] }, 'STORE_INPUT_INVALID'],
      [{ steps: [aNewStep(), aNewStep({ step: 1, priority: 0.5 })] }, 'STORE_INPUT_INVALID'],
    ]
    for (const [changes, code] of refused)
      expect(await rejection(store.accept(anAcceptedRun(changes)))).toMatchObject({ code })
    expect(await store.listRuns()).toHaveLength(1)
    expect(await store.listQueue()).toHaveLength(1)
  })

  test('returns the first run for an idempotency key that is known', async () => {
    const store = await scratchStore()
    const first = await store.accept(anAcceptedRun({ runId: 'first', idempotencyKey: 'key' }))
    const second = await store.accept(anAcceptedRun({ runId: 'second', idempotencyKey: 'key', prompt: 'other' }))
    expect(second).toEqual({ run: first.run, isNew: false, claim: null })
    expect(await store.findByIdempotencyKey('key')).toEqual(first.run)
    expect(await store.findByIdempotencyKey('other')).toBeUndefined()
    expect(await store.listRuns()).toHaveLength(1)
  })

  test('claims at once when asked to', async () => {
    const store = await scratchStore()
    const { claim, run } = await store.accept(anAcceptedRun({ claim: aClaim() }))
    expect(claim).toMatchObject({ runId: 'run-1', step: 0, attempt: 1, bootId: store.bootId })
    expect(run).toMatchObject({ status: 'running' })
    expect(claim?.run).toEqual(run)
  })

  test('keeps a held run for the store that accepted it', async () => {
    const store = await scratchStore()
    await using other = await openRunStore({ path: store.path })
    await store.accept(anAcceptedRun({ hold: true }))
    expect(await other.claim(aClaim())).toEqual({ claim: null, because: 'empty', nextAt: null })
    expect(await claimed(store)).toMatchObject({ runId: 'run-1' })
  })
})

describe('claiming', () => {
  test('starts run, step and session in one', async () => {
    const store = await storeWith({ maxAttempts: 3, repeatable: true, concurrencyKey: 'k', deadlineAt: 99 })
    const claim = await claimed(store, { sessionId: 'session', isolation: 'process', heapLimitMb: 512, memoryMb: 640 })
    expect(claim).toMatchObject({
      ...{ runId: 'run-0', step: 0, attempt: 1, sessionId: 'session', bootId: store.bootId },
      ...{ maxAttempts: 3, repeatable: true, committedMb: 640, concurrencyKey: 'k', deadlineAt: 99 },
      ...{ request: null, checkpoint: null },
    })
    expect(await store.getRun('run-0')).toEqual(claim.run)
    expect(claim.run).toMatchObject({ status: 'running', startedAt: expect.any(Number) })
    expect(await store.listSteps('run-0')).toEqual([claim.stepRecord])
    expect(claim.stepRecord).toMatchObject({ status: 'running', startedAt: claim.run.startedAt })
    expect(await store.listSessions('run-0')).toMatchObject([
      { sessionId: 'session', status: 'running', attempt: 1, isolation: 'process', heapLimitMb: 512 },
    ])
    expect(await store.usage()).toEqual({ workers: 1, memoryMb: 640, queued: 0 })
  })

  test('goes by priority, then by age', async () => {
    const store = await storeWith({}, { priority: 5 }, { priority: -1 }, { priority: 5 }, {})
    expect(await claimAll(store)).toEqual(['run-1', 'run-3', 'run-0', 'run-4', 'run-2'])
  })

  test('leaves until later what is not to begin yet, and says when to look again', async () => {
    const store = await storeWith({ notBefore: 5000 }, { notBefore: 4000 })
    expect(await store.claim(aClaim())).toEqual({ claim: null, because: 'later', nextAt: 4000 })
  })

  test('says that there is nothing', async () => {
    const store = await scratchStore()
    expect(await store.claim(aClaim())).toEqual({ claim: null, because: 'empty', nextAt: null })
  })

  test('takes a step of one run when told to', async () => {
    const store = await storeWith({ priority: 9 }, {})
    expect(await claimed(store, { runId: 'run-1' })).toMatchObject({ runId: 'run-1' })
    expect(await store.claim(aClaim({ runId: 'run-1' }))).toMatchObject({ because: 'empty' })
  })

  test('keeps to the limits of all stores on the file', async () => {
    const store = await storeWith({}, {}, {})
    await using other = await openRunStore({ path: store.path })
    expect(await store.setLimits({ workers: 2 })).toEqual({ workers: 2, memoryMb: null, perKey: null })
    await claimed(store)
    const claim = await claimed(other)
    expect(await store.claim(aClaim())).toMatchObject({ because: 'workers' })
    expect(await other.claim(aClaim())).toMatchObject({ because: 'workers' })
    await other.settle(claim, anAttemptEnd())
    expect(await claimed(store)).toMatchObject({ runId: 'run-2' })
  })

  test('keeps to stricter limits of the caller, and to none that are looser', async () => {
    const store = await storeWith({}, {})
    await store.setLimits({ workers: 1, memoryMb: 10, perKey: 1 })
    expect(await store.claim(aClaim({ limits: { workers: 0 } }))).toMatchObject({ because: 'workers' })
    await claimed(store, { limits: { workers: 5 } })
    expect(await store.claim(aClaim({ limits: { workers: 5 } }))).toMatchObject({ because: 'workers' })
    expect(await rejection(store.setLimits({ workers: -1 }))).toMatchObject({ code: 'STORE_INPUT_INVALID' })
    expect(await rejection(store.claim(aClaim({ limits: { perKey: 0.5 } })))).toMatchObject({
      code: 'STORE_INPUT_INVALID',
    })
    expect(await store.setLimits({ workers: null })).toEqual({ workers: null, memoryMb: 10, perKey: 1 })
  })

  test('passes over a step whose key is exhausted', async () => {
    const store = await storeWith({ concurrencyKey: 'a' }, { concurrencyKey: 'a' }, { concurrencyKey: 'b' }, {})
    await store.setLimits({ perKey: 1 })
    expect(await claimAll(store)).toEqual(['run-0', 'run-2', 'run-3'])
    expect(await store.claim(aClaim())).toMatchObject({ because: 'key' })
  })

  test('waits for memory rather than let small steps overtake a large one for ever', async () => {
    const store = await storeWith({ memoryMb: 600 }, { memoryMb: 600 }, { memoryMb: 100 })
    await store.setLimits({ memoryMb: 1000 })
    const claim = await claimed(store)
    expect(await store.claim(aClaim())).toMatchObject({ because: 'memory' })
    await store.settle(claim, anAttemptEnd())
    expect(await claimAll(store)).toEqual(['run-1', 'run-2'])
  })

  test('passes over a step that asks for more memory than there is in all', async () => {
    const store = await storeWith({ memoryMb: 2000 }, { memoryMb: 100 })
    await store.setLimits({ memoryMb: 1000 })
    expect(await claimed(store)).toMatchObject({ runId: 'run-1' })
    expect(await store.claim(aClaim())).toMatchObject({ because: 'memory' })
  })

  test('refuses a session id that is taken, and claims nothing then', async () => {
    const store = await storeWith({}, {})
    await claimed(store, { sessionId: 'taken' })
    expect(await rejection(store.claim(aClaim({ sessionId: 'taken' })))).toMatchObject({ code: 'STORE_INPUT_INVALID' })
    expect(await store.getRun('run-1')).toMatchObject({ status: 'queued' })
    expect(await claimed(store)).toMatchObject({ runId: 'run-1' })
  })
})

describe('settling', () => {
  test('writes outcome and effects as a whole', async () => {
    const store = await storeWith({})
    const claim = await claimed(store)
    const { runId: _run, step: _step, ...artifact } = anArtifact()
    const { runId: _other, step: _one, ...observation } = anObservation()
    const run = await store.settle(
      claim,
      anAttemptEnd({
        session: { status: 'completed', cause: 'result', peakHeapMb: 80, ranMs: 5, endedAt: 500 },
        artifacts: [artifact],
        observation,
        events: [{ runId: 'run-0', sessionId: claim.sessionId, type: 'step.completed', data: 0 }],
        run: { reason: 'because' },
      }),
    )
    expect(run).toMatchObject({ status: 'completed', endedAt: 500, error: null, reason: 'because' })
    expect(await store.listSteps('run-0')).toMatchObject([{ status: 'completed', result: 'done', endedAt: 500 }])
    expect(await store.listSessions('run-0')).toMatchObject([
      { sessionId: claim.sessionId, status: 'completed', peakHeapMb: 80, ranMs: 5, endedAt: 500, attempt: 1 },
    ])
    expect(await store.listArtifacts('run-0')).toEqual([{ ...artifact, runId: 'run-0', step: 0 }])
    expect(await store.listObservations()).toEqual([{ ...observation, runId: 'run-0', step: 0 }])
    expect(await store.listEvents('run-0')).toMatchObject([{ type: 'step.completed' }])
    expect(await store.listQueue({ runId: 'run-0' })).toMatchObject([{ state: 'ended', heldBy: null, committedMb: 0 }])
  })

  test('is refused a second time, and changes nothing then', async () => {
    const store = await storeWith({})
    const claim = await claimed(store)
    await store.settle(claim, anAttemptEnd())
    const late = anAttemptEnd({ step: { status: 'failed' }, artifacts: [anArtifact()] })
    expect(await rejection(store.settle(claim, late))).toMatchObject({ code: 'STORE_FENCED', bootId: store.bootId })
    expect(await store.getRun('run-0')).toMatchObject({ status: 'completed' })
    expect(await store.listArtifacts('run-0')).toEqual([])
  })

  test('queues the next step, which another process may take', async () => {
    const store = await storeWith({})
    await using other = await openRunStore({ path: store.path })
    const run = await store.settle(await claimed(store), anAttemptEnd({ next: [aNewStep({ step: 1, name: 'build' })] }))
    expect(run).toMatchObject({ status: 'queued', endedAt: null })
    const next = await claimed(other)
    expect(next).toMatchObject({ step: 1, attempt: 1, stepRecord: { name: 'build' }, run: { bootId: other.bootId } })
    expect(await other.settle(next, anAttemptEnd())).toMatchObject({ status: 'completed' })
  })

  test('gives the next attempt a number, a time and the last checkpoint', async () => {
    const store = await storeWith({ maxAttempts: 2 })
    const first = await claimed(store)
    await store.saveCheckpoint(first, new Uint8Array([1, 2]))
    await store.saveCheckpoint(first, new Uint8Array([3]))
    const error = { name: 'E', message: 'm', code: null }
    const failed = anAttemptEnd({
      session: { status: 'failed' },
      step: { status: 'failed', error },
      retry: { notBefore: 0 },
    })
    expect(await store.settle(first, failed)).toMatchObject({ status: 'queued', endedAt: null })
    expect(await store.listSteps('run-0')).toMatchObject([{ status: 'queued', error }])
    const second = await claimed(store)
    expect(second).toMatchObject({ attempt: 2, checkpoint: { attempt: 1, data: new Uint8Array([3]) } })
    expect(await rejection(store.saveCheckpoint(first, new Uint8Array()))).toMatchObject({ code: 'STORE_FENCED' })
    expect(await store.settle(second, failed)).toMatchObject({ status: 'failed', error })
    expect((await store.listSessions('run-0')).map(({ attempt }) => attempt)).toEqual([1, 2])
  })

  test('waits out the time before another attempt', async () => {
    const store = await storeWith({ maxAttempts: 2 })
    await store.settle(await claimed(store), anAttemptEnd({ step: { status: 'failed' }, retry: { notBefore: 1000 } }))
    expect(await store.claim(aClaim())).toEqual({ claim: null, because: 'later', nextAt: 1000 })
  })

  test('ends a failed run with all of it that still waits', async () => {
    const store = await scratchStore()
    await store.accept(anAcceptedRun({ steps: [aNewStep(), aNewStep({ step: 1 }), aNewStep({ step: 2 })] }))
    const [one, two] = [await claimed(store), await claimed(store)]
    expect(await store.settle(one, anAttemptEnd())).toMatchObject({ status: 'running' })
    expect(await store.settle(two, anAttemptEnd({ step: { status: 'failed' } }))).toMatchObject({ status: 'failed' })
    expect((await store.listSteps('run-1')).map(({ status }) => status)).toEqual(['completed', 'failed', 'failed'])
    expect(await store.claim(aClaim())).toMatchObject({ because: 'empty' })
  })

  test('refuses a checkpoint of more than 16 MB', async () => {
    const store = await storeWith({})
    const claim = await claimed(store)
    const large = new Uint8Array(16 * 1024 * 1024 + 1)
    expect(await rejection(store.saveCheckpoint(claim, large))).toMatchObject({ code: 'STORE_INPUT_INVALID' })
    await store.saveCheckpoint(claim, large.subarray(1))
  })
})

describe('cancelling', () => {
  test('ends a run that waits at once', async () => {
    const store = await storeWith({})
    const { answer, run } = await store.requestCancel('run-0', 'not needed')
    expect({ answer, run }).toMatchObject({
      answer: 'cancelled',
      run: { status: 'cancelled', error: { message: 'not needed' } },
    })
    expect(await store.listSteps('run-0')).toMatchObject([{ status: 'cancelled' }])
    expect(await store.claim(aClaim())).toMatchObject({ because: 'empty' })
    expect(await store.requestCancel('run-0', 'again')).toMatchObject({ answer: 'ended' })
    expect(await rejection(store.requestCancel('run-9', 'x'))).toMatchObject({ code: 'RUN_NOT_FOUND' })
  })

  test('leaves a mark for the process at work, which sees that something has changed', async () => {
    const store = await storeWith({ maxAttempts: 9 })
    await using other = await openRunStore({ path: store.path })
    const claim = await claimed(store)
    const before = await store.dataVersion()
    expect(await store.listCancelRequests()).toEqual([])
    expect(await other.requestCancel('run-0', 'by\0hand')).toMatchObject({
      answer: 'requested',
      run: { status: 'running' },
    })
    expect(await store.dataVersion()).not.toBe(before)
    const { runId, step, attempt, sessionId } = claim
    expect(await store.listCancelRequests()).toEqual([
      { runId, step, attempt, sessionId, reason: 'by\0hand', requestedAt: expect.any(Number) },
    ])
    expect(await other.listCancelRequests()).toEqual([])
    const retried = anAttemptEnd({
      step: { status: 'cancelled' },
      retry: { notBefore: 0 },
      next: [aNewStep({ step: 1 })],
    })
    expect(await store.settle(claim, retried)).toMatchObject({ status: 'cancelled' })
    expect(await store.claim(aClaim())).toMatchObject({ because: 'empty' })
    expect(await store.listCancelRequests()).toEqual([])
  })

  test('loses to a result that was there first', async () => {
    const store = await storeWith({})
    const claim = await claimed(store)
    await store.requestCancel('run-0', 'too late')
    expect(await store.settle(claim, anAttemptEnd())).toMatchObject({ status: 'completed' })
  })
})

describe('taking a run up again', () => {
  async function failedRun(): Promise<RunStore> {
    const store = await storeWith({})
    await store.settle(await claimed(store), anAttemptEnd({ next: [aNewStep({ step: 1 })] }))
    const second = await claimed(store)
    await store.saveCheckpoint(second, new Uint8Array([7]))
    await store.settle(
      second,
      anAttemptEnd({ step: { status: 'failed', error: { name: 'E', message: 'm', code: null } } }),
    )
    return store
  }

  test('goes on at the first step that has not completed, with its checkpoint', async () => {
    const store = await failedRun()
    expect(await store.requeue('run-0')).toMatchObject({ status: 'queued', endedAt: null, error: null })
    expect(await claimed(store)).toMatchObject({
      ...{ step: 1, attempt: 2, maxAttempts: 2 },
      checkpoint: { data: new Uint8Array([7]) },
    })
    expect(await store.listSteps('run-0')).toMatchObject([{ status: 'completed' }, { status: 'running' }])
  })

  test('starts over where it is told to, and forgets what followed', async () => {
    const store = await failedRun()
    await store.requeue('run-0', { from: 0, attempts: 3, hold: true })
    expect(await store.listSteps('run-0')).toMatchObject([{ step: 0, status: 'queued' }])
    expect(await claimed(store)).toMatchObject({ step: 0, attempt: 2, maxAttempts: 4, checkpoint: null })
  })

  test('is refused to a run that goes on, or has nothing to do', async () => {
    const store = await storeWith({}, {})
    const refused = { code: 'RUN_NOT_REQUEUABLE' }
    expect(await rejection(store.requeue('run-0'))).toMatchObject(refused)
    const claim = await claimed(store)
    expect(await rejection(store.requeue('run-0'))).toMatchObject(refused)
    await store.settle(claim, anAttemptEnd())
    expect(await rejection(store.requeue('run-0'))).toMatchObject(refused)
    expect(await rejection(store.requeue('run-0', { from: 7 }))).toMatchObject(refused)
    expect(await rejection(store.requeue('run-9'))).toMatchObject({ code: 'RUN_NOT_FOUND' })
    await store.requestCancel('run-1', 'x')
    expect(await store.requeue('run-1')).toMatchObject({ status: 'queued', cancelRequestedAt: null })
  })
})

test('what an exit hook interrupts is its own: claimed and held, not what others may do', async () => {
  const store = await scratchStore(counter())
  await store.accept(anAcceptedRun({ runId: 'claimed', claim: aClaim() }, { repeatable: true, maxAttempts: 3 }))
  await store.accept(anAcceptedRun({ runId: 'held', hold: true }))
  await store.accept(anAcceptedRun({ runId: 'detached' }))
  expect([...store.interruptOwn('stop')].sort()).toEqual(['claimed', 'held'])
  expect(store.interruptOwn('stop')).toEqual([])
  expect(await store.getRun('claimed')).toMatchObject({ status: 'interrupted', error: { message: 'stop' } })
  expect(await store.listSessions('claimed')).toMatchObject([{ status: 'interrupted', cause: 'shutdown' }])
  expect(await store.getRun('detached')).toMatchObject({ status: 'queued' })
  expect(await store.requeue('claimed')).toMatchObject({ status: 'queued' })
})
