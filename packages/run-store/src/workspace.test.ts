import { describe, expect, test } from 'vitest'
import type { AcceptedRun } from './acceptance.ts'
import type { Claim, ClaimOptions } from './claim.ts'
import { forkStoreProcess, killHard } from './fixtures/fork-store-process.ts'
import { approving, aWholeRun, following, type PlainWorkflow } from './fixtures/plain-workflow.ts'
import { aClaim, aNewStep, anAcceptedRun, anAttemptEnd } from './fixtures/records.ts'
import { rejection, scratchStore } from './fixtures/scratch.ts'
import { openRunStore } from './open-run-store.ts'
import type { RunStore } from './run-store.ts'

const chain: PlainWorkflow = [{ needs: [] }, { needs: [0] }]
const approved: PlainWorkflow = [{ needs: [] }, { needs: [0], isApproved: true }]

/** A run that waits its turn in the one workspace there is. */
function inTurn(runId: string, changes: Partial<AcceptedRun> = {}): AcceptedRun {
  return anAcceptedRun({ runId, workspace: 'shop', waitForWorkspace: true, ...changes })
}

async function claimed(store: RunStore, options: Partial<ClaimOptions> = {}): Promise<Claim> {
  const { claim, because } = await store.claim(aClaim(options))
  if (claim === null) throw new Error(`Nothing was claimed: ${because}`)
  return claim
}

/** One run at work in the workspace, and one that waits its turn. */
async function busyStore(changes: Partial<AcceptedRun> = {}): Promise<{ store: RunStore; claim: Claim }> {
  const store = await scratchStore()
  await store.accept(inTurn('first', changes))
  const claim = await claimed(store)
  await store.accept(inTurn('second'))
  expect(await store.claim(aClaim())).toEqual({ claim: null, because: 'workspace', nextAt: null })
  return { store, claim }
}

async function expectFree(store: RunStore): Promise<void> {
  expect(await claimed(store)).toMatchObject({ runId: 'second', run: { workspace: 'shop' } })
  expect((await store.check()).filter(({ level }) => level === 'error')).toEqual([])
}

describe('a workspace', () => {
  test('has one run at work at a time; others pass it by', async () => {
    const { store } = await busyStore()
    await store.accept(anAcceptedRun({ runId: 'elsewhere', workspace: 'garden' }))
    await store.accept(anAcceptedRun({ runId: 'anywhere' }))
    expect(await claimed(store)).toMatchObject({ runId: 'elsewhere' })
    expect(await claimed(store)).toMatchObject({ runId: 'anywhere' })
    expect(await store.claim(aClaim({ runId: 'second' }))).toMatchObject({ because: 'workspace' })
    expect(await store.accept(inTurn('third', { claim: aClaim() }))).toMatchObject({ claim: null })
  })

  test('is refused to a run that will not wait, by the name of the run that is in the way', async () => {
    const { store } = await busyStore()
    const refused = { code: 'WORKSPACE_BUSY', workspace: 'shop', runId: 'first' }
    expect(await rejection(store.accept(inTurn('third', { waitForWorkspace: false })))).toMatchObject(refused)
    expect(await store.getRun('third')).toBeUndefined()
  })

  test.each(['queued', 'waiting'])('is refused as well while a run is %s there', async (status) => {
    const store = await scratchStore()
    const steps = status === 'queued' ? [aNewStep()] : []
    const others = [{ step: 1, name: 's', agent: 'a', status: 'waiting' }] as const
    await store.accept(inTurn('first', { steps, others, status: 'waiting' }))
    const second = anAcceptedRun({ runId: 'second', workspace: 'shop' })
    expect(await rejection(store.accept(second))).toMatchObject({ code: 'WORKSPACE_BUSY', runId: 'first' })
    await store.requestCancel('first', 'x')
    expect(await store.accept(second)).toMatchObject({ isNew: true, run: { workspace: 'shop' } })
  })

  test('is kept between the steps of its run, and while it waits for somebody', async () => {
    const { store, claim } = await busyStore(aWholeRun(approved, { runId: 'first' }))
    expect(await store.settle(claim, anAttemptEnd(), following(approved))).toMatchObject({ status: 'waiting' })
    expect(await store.claim(aClaim())).toMatchObject({ because: 'workspace' })
    await store.advance('first', approving(1))
    await store.settle(await claimed(store), anAttemptEnd(), following(approved))
    await expectFree(store)
  })

  test('counts beside the limits on memory and keys', async () => {
    const { store } = await busyStore()
    await store.setLimits({ memoryMb: 100 })
    await store.accept(anAcceptedRun({ runId: 'large' }, { memoryMb: 500 }))
    expect(await store.claim(aClaim())).toMatchObject({ because: 'workspace' })
    await store.requestCancel('second', 'x')
    expect(await store.claim(aClaim())).toMatchObject({ because: 'memory' })
  })
})

describe('a workspace is free again when its run', () => {
  test.each(['completed', 'failed', 'cancelled', 'interrupted'] as const)('is %s', async (status) => {
    const { store, claim } = await busyStore()
    expect(await store.settle(claim, anAttemptEnd({ step: { status } }))).toMatchObject({ status })
    await expectFree(store)
  })

  test('is cancelled between two steps', async () => {
    const { store, claim } = await busyStore(aWholeRun(chain, { runId: 'first' }))
    await store.settle(claim, anAttemptEnd(), following(chain))
    expect(await store.requestCancel('first', 'x')).toMatchObject({ answer: 'cancelled' })
    await expectFree(store)
  })

  test('is interrupted by the end of its process', async () => {
    const { store } = await busyStore()
    expect(store.interruptOwn('exit')).toEqual(['first'])
    await expectFree(store)
  })

  test('is written as ended by hand', async () => {
    const { store, claim } = await busyStore(aWholeRun(chain, { runId: 'first' }))
    await store.settle(claim, anAttemptEnd(), following(chain))
    await store.updateRun('first', { status: 'failed' })
    await expectFree(store)
  })

  test('is lost with its process, unless it goes back to the queue', async () => {
    const store = await scratchStore()
    const { child } = await forkStoreProcess(store.path, 'occupy', 'first')
    await store.accept(inTurn('second'))
    await killHard(child)
    expect(await store.recoverLost()).toMatchObject({ interrupted: [{ runId: 'first' }] })
    await expectFree(store)
  })

  test('has ended and its last attempt, which went on, has too', async () => {
    const store = await scratchStore()
    await using other = await openRunStore({ path: store.path })
    await store.accept(inTurn('first', { steps: [aNewStep(), aNewStep({ step: 1 })] }))
    const [one, two] = [await claimed(store), await claimed(other)]
    expect(await store.settle(one, anAttemptEnd({ step: { status: 'failed' } }))).toMatchObject({ status: 'failed' })
    await store.accept(inTurn('second'))
    expect(await store.claim(aClaim())).toMatchObject({ because: 'workspace' })
    const third = inTurn('third', { waitForWorkspace: false })
    expect(await rejection(store.accept(third))).toMatchObject({ runId: 'first' })
    await other.settle(two, anAttemptEnd())
    await expectFree(store)
  })
})

test('a run that goes back to the queue keeps its workspace, and takes it up before others', async () => {
  const store = await scratchStore()
  const { child } = await forkStoreProcess(store.path, 'occupy', 'first', 3)
  await store.accept(inTurn('second'))
  await killHard(child)
  expect(await store.recoverLost()).toMatchObject({ requeued: [{ runId: 'first' }] })
  expect(await claimed(store)).toMatchObject({ runId: 'first', attempt: 2 })
  expect(await store.claim(aClaim())).toMatchObject({ because: 'workspace' })
})

test('a run that is taken up again waits for the workspace it had', async () => {
  const { store, claim } = await busyStore()
  await store.settle(claim, anAttemptEnd({ step: { status: 'failed' } }))
  const second = await claimed(store)
  await store.requeue('first')
  expect(await store.claim(aClaim())).toMatchObject({ because: 'workspace' })
  await store.settle(second, anAttemptEnd())
  expect(await claimed(store)).toMatchObject({ runId: 'first' })
})
