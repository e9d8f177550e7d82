import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Claim } from './claim.ts'
import { forkStoreProcess } from './fixtures/fork-store-process.ts'
import { aWholeRun, fanIn, following } from './fixtures/plain-workflow.ts'
import { aClaim, anAttemptEnd } from './fixtures/records.ts'
import { scratchFolder } from './fixtures/scratch.ts'
import { openRunStore } from './open-run-store.ts'
import type { RunStore } from './run-store.ts'

const BRANCHES = 3

/** In which order the branches end, and which of two stores ends each. */
function everyInterleaving(): readonly (readonly { readonly step: number; readonly store: 0 | 1 }[])[] {
  return orders([0, 1, 2]).flatMap((order) =>
    Array.from({ length: 2 ** BRANCHES }, (_, owners) =>
      order.map((step) => ({ step, store: ((owners >> step) & 1) as 0 | 1 })),
    ),
  )
}

function orders(steps: readonly number[]): readonly (readonly number[])[] {
  if (steps.length < 2) return [steps]
  return steps.flatMap((step) => orders(steps.filter((other) => other !== step)).map((rest) => [step, ...rest]))
}

async function queuedSteps(store: RunStore, runId: string): Promise<readonly unknown[]> {
  const events = await store.listEvents(runId)
  return events.filter(({ type }) => type === 'queued').map(({ data }) => data)
}

test('a join is queued exactly once, in whatever order two stores end the steps before it', async () => {
  const path = join(scratchFolder(), 'store.db')
  await using one = await openRunStore({ path })
  await using other = await openRunStore({ path })
  const stores = [one, other]
  const workflow = fanIn(BRANCHES)
  for (const [index, ends] of everyInterleaving().entries()) {
    const runId = `run-${index}`
    await one.accept(aWholeRun(workflow, { runId }))
    const claims = new Map<number, Claim | null>()
    for (const { step, store } of ends)
      claims.set(step, (await stores[store]?.claim(aClaim({ runId, step })))?.claim ?? null)
    for (const [ended, { step, store }] of ends.entries()) {
      const run = await stores[store]?.settle(claims.get(step) as Claim, anAttemptEnd(), following(workflow))
      expect(run?.status).toBe(ended === BRANCHES - 1 ? 'queued' : 'running')
      expect(await queuedSteps(one, runId)).toEqual(ended === BRANCHES - 1 ? [BRANCHES] : [])
    }
    const { claim } = await other.claim(aClaim({ runId }))
    expect(claim?.step).toBe(BRANCHES)
    expect(await one.claim(aClaim({ runId }))).toMatchObject({ because: 'empty' })
    if (claim !== null)
      expect(await other.settle(claim, anAttemptEnd(), following(workflow))).toMatchObject({ status: 'completed' })
  }
})

test('a join is queued exactly once by processes that end the steps before it at one time', async () => {
  const path = join(scratchFolder(), 'store.db')
  await using store = await openRunStore({ path })
  const [branches, runs] = [12, 8]
  const runIds = Array.from({ length: runs }, (_, index) => `run-${index}`)
  for (const runId of runIds) await store.accept(aWholeRun(fanIn(branches), { runId }))
  const names = ['ant', 'bee', 'cricket']
  const reports = await Promise.all(names.map((name) => forkStoreProcess(path, 'follow', name, branches)))
  const done = reports.flatMap(({ report }) => report as string[])
  const steps = Array.from({ length: branches + 1 }, (_, step) => step)
  expect(done.toSorted()).toEqual(runIds.flatMap((runId) => steps.map((step) => `${runId}/${step}`)).toSorted())
  for (const runId of runIds) {
    expect(await queuedSteps(store, runId)).toEqual([branches])
    expect(await store.getRun(runId)).toMatchObject({ status: 'completed' })
  }
})
