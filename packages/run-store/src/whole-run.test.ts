import { describe, expect, test } from 'vitest'
import type { Claim, ClaimOptions } from './claim.ts'
import { approving, aWholeRun, following, type PlainWorkflow, resuming } from './fixtures/plain-workflow.ts'
import { aClaim, aNewStep, anAcceptedRun, anAttemptEnd } from './fixtures/records.ts'
import { counter, rejection, scratchStore } from './fixtures/scratch.ts'
import type { Follow, RunView } from './follow.ts'
import { openRunStore } from './open-run-store.ts'
import type { RunStore } from './run-store.ts'
import type { OtherChange } from './step-change.ts'

/** 0 → 1 and 2 → 3 */
const diamond: PlainWorkflow = [{ needs: [] }, { needs: [0] }, { needs: [0] }, { needs: [1, 2] }]
const chain: PlainWorkflow = [{ needs: [] }, { needs: [0] }, { needs: [1] }]
const approved: PlainWorkflow = [{ needs: [] }, { needs: [0], isApproved: true }]

const failed = anAttemptEnd({ step: { status: 'failed', error: { name: 'E', message: 'm', code: null } } })

async function claimed(store: RunStore, options: Partial<ClaimOptions> = {}): Promise<Claim> {
  const { claim, because } = await store.claim(aClaim(options))
  if (claim === null) throw new Error(`Nothing was claimed: ${because}`)
  return claim
}

async function statuses(store: RunStore, runId: string = 'run-1'): Promise<readonly string[]> {
  return (await store.listSteps(runId)).map(({ status }) => status)
}

/** What `follow` saw when a step ended, or the run was advanced. */
function spy(seen: RunView[], answer: Follow = () => ({})): Follow {
  return (view) => {
    // Read while the transaction lasts.
    const { run, state, steps, stepAt, counts, stepsThatAre, usage, at, isCancelRequested, resultOf } = view
    seen.push({ run, state, steps, stepAt, counts, stepsThatAre, usage, at, isCancelRequested, resultOf })
    return answer(view)
  }
}

describe('accepting a whole run', () => {
  test('puts all its steps on record and queues those that can begin', async () => {
    const store = await scratchStore()
    const others: readonly OtherChange[] = [
      { step: 1, number: 0.1, name: 'build', agent: 'builder', status: 'pending', task: { deep: [1] } },
      { step: 2, number: 1.5, name: 'check', agent: 'checker', status: 'skipped', reason: 'not\0needed' },
    ]
    const step = aNewStep({ number: 0, executionMode: 'worker', reason: 'long', feedback: 'again', round: 2 })
    const { run } = await store.accept(aWholeRun([], { steps: [step], others, state: { plan: [1, 2] } }))
    expect(run).toMatchObject({ status: 'queued', endedAt: null })
    const nothing = { startedAt: null, result: null, error: null, runId: 'run-1' }
    const plain = { ...nothing, round: 0, executionMode: null, reason: null, feedback: null, endedAt: null }
    expect(await store.listSteps('run-1')).toEqual([
      { ...plain, ...step, status: 'queued' },
      { ...plain, step: 1, number: 0.1, name: 'build', agent: 'builder', status: 'pending' },
      {
        ...{ ...plain, step: 2, number: 1.5, name: 'check', agent: 'checker', status: 'skipped' },
        ...{ reason: 'not\0needed', endedAt: expect.any(Number) },
      },
    ])
    expect(await store.listQueue()).toMatchObject([{ step: 0 }])
    expect(await store.getState('run-1')).toEqual({ plan: [1, 2] })
  })

  test('of which no step can begin makes it wait, or ends it', async () => {
    const store = await scratchStore()
    const waiting = await store.accept(aWholeRun([{ needs: [], isApproved: true }]))
    expect(waiting.run).toMatchObject({ status: 'waiting', endedAt: null })
    const others = [{ step: 0, name: 's', agent: 'a', status: 'skipped' }] as const
    const done = await store.accept(aWholeRun([], { runId: 'run-2', others, status: 'completed' }))
    expect(done.run).toMatchObject({ status: 'completed', endedAt: expect.any(Number) })
    expect(await store.claim(aClaim())).toMatchObject({ because: 'empty' })
    const { status: _status, ...unsaid } = aWholeRun([], { runId: 'run-3', others })
    expect(await rejection(store.accept(unsaid))).toMatchObject({ code: 'STORE_INPUT_INVALID' })
  })
})

describe('what follows from the end of a step', () => {
  test('is decided with that end in view', async () => {
    const store = await scratchStore()
    await store.accept(aWholeRun(chain, { state: { plan: 1 } }))
    const claim = await claimed(store)
    await store.noteUsage(claim, { inputTokens: 7 })
    const seen: RunView[] = []
    await store.settle(
      claim,
      anAttemptEnd({ session: { status: 'completed', endedAt: 500 } }),
      spy(seen, ({ resultOf, stepAt, stepsThatAre }) => {
        expect([stepAt(0), stepAt(2), stepAt(9)].map((found) => found?.status)).toEqual([
          ...['completed', 'pending', undefined],
        ])
        expect([stepsThatAre('pending'), stepsThatAre('running')]).toEqual([[1, 2], []])
        expect(resultOf(0)).toBe('done')
        expect(resultOf(1)).toBeNull()
        expect(resultOf(9)).toBeNull()
        return { state: { plan: 2 } }
      }),
    )
    const mark = { round: 0, agent: 'agent', executionMode: null, memory: null }
    expect(seen).toMatchObject([
      { run: { status: 'running' }, state: { plan: 1 }, at: 500, isCancelRequested: false, usage: { inputTokens: 7 } },
    ])
    expect(seen[0]?.steps).toEqual([
      { ...mark, step: 0, number: 0, status: 'completed' },
      { ...mark, step: 1, number: 1, status: 'pending' },
      { ...mark, step: 2, number: 2, status: 'pending' },
    ])
    expect(seen[0]?.counts).toEqual({ completed: 1, pending: 2 })
    expect(await store.getState('run-1')).toEqual({ plan: 2 })
  })

  test('brings a run to its end, one step after the other', async () => {
    const store = await scratchStore()
    await store.accept(aWholeRun(chain))
    for (const status of ['queued', 'queued', 'completed'])
      expect(await store.settle(await claimed(store), anAttemptEnd(), following(chain))).toMatchObject({ status })
    expect(await statuses(store)).toEqual(['completed', 'completed', 'completed'])
    expect(await store.getRun('run-1')).toMatchObject({ status: 'completed', endedAt: expect.any(Number), error: null })
  })

  test('tells the status of the run: at work before in the queue, in the queue before waiting', async () => {
    const store = await scratchStore()
    await store.accept(aWholeRun(diamond))
    expect(await store.settle(await claimed(store), anAttemptEnd(), following(diamond))).toMatchObject({
      status: 'queued',
    })
    const [one, two] = [await claimed(store), await claimed(store)]
    expect(await store.settle(one, anAttemptEnd(), following(diamond))).toMatchObject({ status: 'running' })
    const wait = { status: 'waiting', step: 3, name: 's', agent: 'a', reason: 'to be approved' } as const
    expect(await store.settle(two, anAttemptEnd(), () => ({ steps: [wait] }))).toMatchObject({ status: 'waiting' })
    expect(await store.listSteps('run-1')).toMatchObject([{}, {}, {}, { status: 'waiting', reason: 'to be approved' }])
  })

  test('lets a failed run finish what is at work', async () => {
    const store = await scratchStore()
    await store.accept(aWholeRun(diamond))
    await store.settle(await claimed(store), anAttemptEnd(), following(diamond))
    const [one, two] = [await claimed(store), await claimed(store)]
    expect(await store.settle(one, failed, following(diamond))).toMatchObject({ status: 'running', endedAt: null })
    expect(await store.settle(two, anAttemptEnd(), following(diamond))).toMatchObject({ status: 'failed' })
    expect(await statuses(store)).toEqual(['completed', 'failed', 'completed', 'pending'])
  })

  test('is what the step came to when nobody says otherwise', async () => {
    const store = await scratchStore()
    await store.accept(aWholeRun([{ needs: [] }]))
    expect(await store.settle(await claimed(store), failed, () => ({}))).toMatchObject({
      ...{ status: 'failed', error: { message: 'm' }, endedAt: expect.any(Number) },
    })
  })

  test('may be another agent for the same step, which finds no checkpoint of the first', async () => {
    const store = await scratchStore()
    await store.accept(aWholeRun(chain))
    const first = await claimed(store)
    await store.saveCheckpoint(first, new Uint8Array([1]))
    const again = { status: 'queued', step: 0, name: 'step-0', agent: 'other', maxAttempts: 2 } as const
    expect(await store.settle(first, failed, () => ({ steps: [again] }))).toMatchObject({ status: 'queued' })
    expect(await claimed(store)).toMatchObject({
      ...{ attempt: 2, maxAttempts: 3, checkpoint: null, stepRecord: { agent: 'other', error: null, result: null } },
    })
  })

  test('may be to go back, and clears what was', async () => {
    const store = await scratchStore()
    await store.accept(aWholeRun(chain))
    await store.settle(await claimed(store), anAttemptEnd(), following(chain))
    const second = await claimed(store)
    await store.saveCheckpoint(second, new Uint8Array([1]))
    await store.settle(second, failed, () => ({
      steps: [
        { status: 'queued', step: 0, name: 'step-0', agent: 'agent', round: 1, feedback: 'too short' },
        { status: 'pending', step: 1, name: 'step-1', agent: 'agent', round: 1 },
      ],
    }))
    const cleared = { startedAt: null, endedAt: null, result: null, error: null, round: 1 }
    expect(await store.listSteps('run-1')).toMatchObject([
      { ...cleared, status: 'queued', feedback: 'too short' },
      { ...cleared, status: 'pending', feedback: null },
      { status: 'pending', round: 0 },
    ])
    await store.settle(await claimed(store), anAttemptEnd(), following(chain))
    expect(await claimed(store)).toMatchObject({ step: 1, attempt: 2, checkpoint: null, stepRecord: { round: 1 } })
  })

  test('may skip steps, and changes only what it names', async () => {
    const store = await scratchStore()
    await store.accept(
      aWholeRun(chain, { others: [{ ...pending(1), task: 7, reason: 'why', number: 0.5 }, pending(2)] }),
    )
    await store.settle(await claimed(store), anAttemptEnd(), () => ({
      steps: [
        { status: 'skipped', step: 2, name: 'step-2', agent: 'agent', reason: 'nothing to do' },
        { status: 'queued', step: 1, name: 'step-1', agent: 'agent' },
      ],
    }))
    expect(await store.listSteps('run-1')).toMatchObject([
      ...[{}, { number: 0.5, reason: 'why', status: 'queued' }],
      { status: 'skipped', reason: 'nothing to do', endedAt: expect.any(Number) },
    ])
    expect(await claimed(store)).toMatchObject({ step: 1, task: 7 })
  })

  test('takes out of the queue what is not to begin after all', async () => {
    const store = await scratchStore()
    await store.accept(aWholeRun(diamond))
    await store.settle(await claimed(store), anAttemptEnd(), following(diamond))
    const end = await store.settle(await claimed(store), anAttemptEnd(), () => ({ steps: [pending(2)] }))
    expect(end).toMatchObject({ status: 'completed' })
    expect(await store.listQueue({ state: 'queued' })).toEqual([])
  })

  test('may be held for this store, and tells events', async () => {
    const store = await scratchStore()
    await using other = await openRunStore({ path: store.path })
    await store.accept(aWholeRun(chain))
    await store.settle(await claimed(store), anAttemptEnd(), (view) => ({ ...following(chain)(view), hold: true }))
    expect(await other.claim(aClaim())).toMatchObject({ because: 'empty' })
    expect(await store.listEvents('run-1')).toMatchObject([{ type: 'queued', data: 1 }])
    expect(await claimed(store)).toMatchObject({ step: 1 })
  })

  test('is not asked for while the step is tried again', async () => {
    const store = await scratchStore()
    await store.accept(aWholeRun(chain, {}, { maxAttempts: 2, repeatable: true }))
    const seen: RunView[] = []
    const retried = { ...failed, retry: { notBefore: 0 } }
    expect(await store.settle(await claimed(store), retried, spy(seen))).toMatchObject({ status: 'queued' })
    expect(seen).toEqual([])
    await store.settle(await claimed(store), retried, spy(seen))
    expect(seen).toHaveLength(1)
  })

  test('queues nothing when the run is to be cancelled, which then is', async () => {
    const store = await scratchStore()
    await store.accept(aWholeRun(chain))
    const claim = await claimed(store)
    await store.requestCancel('run-1', 'x')
    const seen: RunView[] = []
    const queue = { status: 'queued', step: 1, name: 's', agent: 'a' } as const
    expect(
      await store.settle(
        claim,
        anAttemptEnd(),
        spy(seen, () => ({ steps: [queue] })),
      ),
    ).toMatchObject({
      ...{ status: 'cancelled', endedAt: expect.any(Number) },
    })
    expect(seen).toMatchObject([{ isCancelRequested: true }])
    expect(await statuses(store)).toEqual(['completed', 'cancelled', 'cancelled'])
  })

  test('changes no end that the run has come to meanwhile', async () => {
    const store = await scratchStore()
    await store.accept(aWholeRun(diamond))
    await store.settle(await claimed(store), anAttemptEnd(), following(diamond))
    const [one, two] = [await claimed(store), await claimed(store)]
    const end = await store.settle(one, failed, () => ({ run: { status: 'failed' } }))
    const queue = { status: 'queued', step: 3, name: 's', agent: 'a' } as const
    const late = await store.settle(two, anAttemptEnd(), () => ({
      steps: [queue],
      run: { status: 'completed', reason: 'r' },
    }))
    expect(late).toEqual({ ...end, reason: 'r' })
    expect(await statuses(store)).toEqual(['completed', 'failed', 'completed', 'pending'])
  })

  test.each<[string, Follow]>([
    [
      'throws',
      () => {
        throw new RangeError('no')
      },
    ],
    ['answers later', (async () => ({})) as unknown as Follow],
    ['changes a step that is at work', () => ({ steps: [pending(2)] })],
    ['says what cannot be kept', () => ({ state: 1n as never })],
  ])('undoes the end when it %s', async (_name, follow) => {
    const store = await scratchStore()
    await store.accept(aWholeRun(diamond))
    await store.settle(await claimed(store), anAttemptEnd(), following(diamond))
    const [one] = [await claimed(store), await claimed(store)]
    const error = await rejection(store.settle(one, anAttemptEnd(), follow))
    expect(error).toMatchObject(error instanceof RangeError ? { message: 'no' } : { code: 'STORE_INPUT_INVALID' })
    expect(await statuses(store)).toEqual(['completed', 'running', 'running', 'pending'])
    expect(await store.settle(one, anAttemptEnd(), following(diamond))).toMatchObject({ status: 'running' })
  })
})

describe('a run that waits for somebody', () => {
  async function waiting(store: RunStore): Promise<void> {
    await store.accept(aWholeRun(approved))
    await store.settle(await claimed(store), anAttemptEnd(), following(approved))
    expect(await store.getRun('run-1')).toMatchObject({ status: 'waiting', endedAt: null })
  }

  test('goes on when somebody has decided', async () => {
    const store = await scratchStore()
    await waiting(store)
    expect(await store.advance('run-1', approving(1))).toMatchObject({ status: 'queued' })
    expect(await store.settle(await claimed(store), anAttemptEnd(), following(approved))).toMatchObject({
      status: 'completed',
    })
  })

  test('keeps what its steps have made when they are approved of afterwards', async () => {
    const store = await scratchStore()
    await store.accept(aWholeRun([{ needs: [] }]))
    const end = anAttemptEnd({ step: { status: 'waiting', result: 'made' } })
    expect(await store.settle(await claimed(store), end, () => ({}))).toMatchObject({ status: 'waiting' })
    const [before] = await store.listSteps('run-1')
    const done = { status: 'completed', step: 0, name: 'step-0', agent: 'agent' } as const
    expect(await store.advance('run-1', () => ({ steps: [done], run: { status: 'completed' } }))).toMatchObject({
      ...{ status: 'completed', endedAt: expect.any(Number) },
    })
    expect(await store.listSteps('run-1')).toEqual([{ ...before, status: 'completed' }])
  })

  test('belongs to nobody: an exit, a closing and a recovery leave it alone', async () => {
    const store = await scratchStore()
    await waiting(store)
    expect(store.interruptOwn('exit')).toEqual([])
    await store.close()
    await using other = await openRunStore({ path: store.path })
    expect(await other.recoverLost()).toMatchObject({ interrupted: [], requeued: [] })
    expect(await other.getRun('run-1')).toMatchObject({ status: 'waiting' })
    expect((await other.check()).filter(({ level }) => level === 'error')).toEqual([])
    expect((await other.gc({ keepMs: 0, interrupted: true })).runs).toEqual([])
    expect(await rejection(other.requeue('run-1'))).toMatchObject({ code: 'RUN_NOT_REQUEUABLE' })
    expect(await other.advance('run-1', approving(1))).toMatchObject({ status: 'queued' })
  })

  test('ends when it is cancelled, with the steps that wait and those whose turn has not come', async () => {
    const store = await scratchStore()
    await store.accept(aWholeRun([{ needs: [], isApproved: true }, { needs: [0] }]))
    expect(await store.requestCancel('run-1', 'x')).toMatchObject({ answer: 'cancelled' })
    expect(await statuses(store)).toEqual(['cancelled', 'cancelled'])
    expect(await rejection(store.advance('run-1', () => ({})))).toMatchObject({ code: 'RUN_NOT_REQUEUABLE' })
  })
})

describe('taking a whole run up again', () => {
  test('goes on where it stopped, and forgets that it was to be cancelled', async () => {
    const store = await scratchStore()
    await store.accept(aWholeRun(chain))
    await store.settle(await claimed(store), anAttemptEnd(), following(chain))
    await store.requestCancel('run-1', 'x')
    expect(await statuses(store)).toEqual(['completed', 'cancelled', 'cancelled'])
    expect(await store.advance('run-1', resuming(chain), { reopen: true })).toMatchObject({
      ...{ status: 'queued', endedAt: null, error: null, cancelRequestedAt: null },
    })
    expect(await statuses(store)).toEqual(['completed', 'queued', 'pending'])
    expect(await store.listCancelRequests()).toEqual([])
  })

  test('changes nothing of an ended run when there is nothing to do', async () => {
    const store = await scratchStore()
    await store.accept(aWholeRun([{ needs: [] }]))
    const end = await store.settle(await claimed(store), failed, () => ({}))
    expect(await store.advance('run-1', () => ({}), { reopen: true })).toEqual(end)
    expect(await store.advance('run-1', () => ({ run: { status: 'completed' } }), { reopen: true })).toMatchObject({
      ...{ status: 'completed', error: null },
    })
    expect(await rejection(store.advance('no', () => ({})))).toMatchObject({ code: 'RUN_NOT_FOUND' })
  })

  test('queues with requeue only what was tried and did not do its work', async () => {
    const store = await scratchStore()
    await store.accept(aWholeRun(diamond))
    await store.settle(await claimed(store), anAttemptEnd(), following(diamond))
    const [one, two] = [await claimed(store), await claimed(store)]
    await store.settle(one, anAttemptEnd({ step: { status: 'waiting' } }), () => ({}))
    await store.settle(two, failed, () => ({ run: { status: 'failed' } }))
    expect(await statuses(store)).toEqual(['completed', 'waiting', 'failed', 'pending'])
    await store.requeue('run-1')
    expect(await statuses(store)).toEqual(['completed', 'waiting', 'queued', 'pending'])
  })
})

describe('claiming a step of a whole run', () => {
  test('takes the step that is named', async () => {
    const store = await scratchStore()
    await store.accept(aWholeRun([{ needs: [] }, { needs: [] }]))
    expect(await claimed(store, { runId: 'run-1', step: 1 })).toMatchObject({ step: 1 })
    expect(await store.claim(aClaim({ runId: 'run-1', step: 1 }))).toMatchObject({ because: 'empty' })
    expect(await rejection(store.claim(aClaim({ step: 0 })))).toMatchObject({ code: 'STORE_INPUT_INVALID' })
  })

  test('hands out its task, and the request of the run only without one', async () => {
    const store = await scratchStore()
    const steps = [aNewStep({ task: { do: 'it' } }), aNewStep({ step: 1, task: null })]
    await store.accept(aWholeRun([], { steps, request: { all: true } }))
    expect(await claimed(store)).toMatchObject({ step: 0, task: { do: 'it' }, request: null })
    expect(await claimed(store)).toMatchObject({ step: 1, task: null, request: { all: true } })
  })
})

describe('settling an attempt and claiming what follows at once', () => {
  const next = { runId: 'run-1' }

  test('goes from step to step', async () => {
    const store = await scratchStore()
    await store.accept(aWholeRun(chain))
    const first = await claimed(store)
    const second = await store.settleAndClaim(first, anAttemptEnd(), following(chain), aClaim(next))
    expect(second).toMatchObject({ run: { status: 'running' }, claim: { step: 1, attempt: 1 } })
    expect(second.claim?.run).toEqual(second.run)
    const third = await store.settleAndClaim(second.claim as Claim, anAttemptEnd(), following(chain), aClaim(next))
    const last = await store.settleAndClaim(third.claim as Claim, anAttemptEnd(), following(chain), aClaim(next))
    expect(last).toMatchObject({ run: { status: 'completed' }, claim: null })
    expect(await statuses(store)).toEqual(['completed', 'completed', 'completed'])
  })

  test('leaves the run as the attempt left it where a limit leaves no room', async () => {
    const store = await scratchStore()
    await store.accept(aWholeRun(chain))
    const none = aClaim({ ...next, limits: { workers: 0 } })
    const settled = await store.settleAndClaim(await claimed(store), anAttemptEnd(), following(chain), none)
    expect(settled).toMatchObject({ run: { status: 'queued' }, claim: null })
    expect(settled.run).toEqual(await store.getRun('run-1'))
  })

  test('claims a step of another run too, where any may be claimed', async () => {
    const store = await scratchStore()
    await store.accept(aWholeRun([{ needs: [] }]))
    const first = await claimed(store)
    await store.accept(anAcceptedRun({ runId: 'run-2' }))
    const settled = await store.settleAndClaim(first, anAttemptEnd(), undefined, aClaim())
    expect(settled).toMatchObject({ run: { runId: 'run-1', status: 'completed' }, claim: { runId: 'run-2' } })
  })

  test('does neither when one is refused', async () => {
    const store = await scratchStore()
    await store.accept(aWholeRun(chain))
    const first = await claimed(store)
    const known = aClaim({ ...next, sessionId: first.sessionId })
    await rejection(store.settleAndClaim(first, anAttemptEnd(), following(chain), known))
    expect(await statuses(store)).toEqual(['running', 'pending', 'pending'])
    const second = await store.settleAndClaim(first, anAttemptEnd(), following(chain), aClaim(next))
    expect(second.claim?.step).toBe(1)
    const again = store.settleAndClaim(first, anAttemptEnd(), following(chain), aClaim(next))
    expect(await rejection(again)).toMatchObject({ code: 'STORE_FENCED' })
  })
})

describe('a step that is executed otherwise than was planned', () => {
  const planned = { executionMode: 'legacy', reason: 'short' } as const

  test('is on record as what executes it, from its claim on', async () => {
    const store = await scratchStore(counter())
    await store.accept(aWholeRun(chain, { steps: [aNewStep(planned)] }))
    const claim = await claimed(store, { isolation: 'thread', reasonOtherwise: 'has workers' })
    expect(claim.stepRecord).toMatchObject({ executionMode: 'worker', reason: 'has workers' })
    expect((await store.listSteps('run-1'))[0]).toMatchObject({ executionMode: 'worker', reason: 'has workers' })
  })

  test.each([
    ['it is as was planned', planned, { isolation: 'in-process', reasonOtherwise: 'has none' }],
    ['nobody says why', planned, { isolation: 'thread' }],
    ['nothing was planned', {}, { isolation: 'thread', reasonOtherwise: 'has workers' }],
  ] as const)('keeps its record when %s', async (_when, step, options) => {
    const store = await scratchStore(counter())
    await store.accept(aWholeRun(chain, { steps: [aNewStep(step)] }))
    await claimed(store, options)
    const [first] = await store.listSteps('run-1')
    expect(first).toMatchObject({ executionMode: null, reason: null, ...step })
  })
})

describe('what a run has used', () => {
  test('is the sum of what was reported, and says what was not', async () => {
    const store = await scratchStore(counter())
    await store.accept(aWholeRun(chain))
    const zero = { attempts: 0, inputTokens: 0, cachedTokens: 0, outputTokens: 0, costUsd: 0 }
    expect(await store.usageOf('run-1')).toEqual({ ...zero, unattendedMs: 0, unreportedTokens: 0, unreportedCost: 0 })
    const first = await claimed(store)
    await store.noteUsage(first, { inputTokens: 10, cachedTokens: 4, costUsd: 0.25, model: 'm-1', agentSession: 'a-1' })
    await store.noteUsage(first, { inputTokens: 20, outputTokens: 3, toolCalls: 1, model: null })
    expect(await store.usageOf('run-1')).toMatchObject({ attempts: 1, inputTokens: 20, unreportedTokens: 0 })
    const session = { status: 'completed', outputTokens: 5, cachedTokens: null } as const
    await store.settle(first, anAttemptEnd({ session }), following(chain))
    await store.settle(
      await claimed(store),
      anAttemptEnd({ session: { status: 'completed', costUsd: 1 } }),
      following(chain),
    )
    expect(await store.listSessions('run-1')).toMatchObject([
      {
        ...{ inputTokens: 20, cachedTokens: 4, outputTokens: 5, costUsd: 0.25, toolCalls: 1 },
        ...{ model: 'm-1', agentSession: 'a-1', status: 'completed' },
      },
      { inputTokens: null, costUsd: 1, model: null },
    ])
    expect(await store.usageOf('run-1')).toEqual({
      ...{ attempts: 2, inputTokens: 20, cachedTokens: 4, outputTokens: 5, costUsd: 1.25 },
      ...{ unattendedMs: 0, unreportedTokens: 1, unreportedCost: 0 },
    })
    expect(await rejection(store.noteUsage(first, { inputTokens: 1 }))).toMatchObject({ code: 'STORE_FENCED' })
    const third = await claimed(store)
    expect(await rejection(store.noteUsage(third, { inputTokens: 0.5 }))).toMatchObject({ code: 'STORE_INPUT_INVALID' })
    expect(await rejection(store.usageOf('no'))).toMatchObject({ code: 'RUN_NOT_FOUND' })
  })
})

function pending(step: number): OtherChange {
  return { status: 'pending', step, name: `step-${step}`, agent: 'agent' }
}
