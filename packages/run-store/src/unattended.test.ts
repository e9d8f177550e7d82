import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { forkStoreProcess, killHard } from './fixtures/fork-store-process.ts'
import { aNewStep, anAcceptedRun } from './fixtures/records.ts'
import { scratchFolder } from './fixtures/scratch.ts'
import { loadSqlite } from './load-sqlite.ts'
import { openRunStore } from './open-run-store.ts'
import type { RunStore } from './run-store.ts'

const { DatabaseSync } = loadSqlite()

/** A store whose clock the test sets, and its run of two steps. */
interface Scene {
  readonly path: string
  readonly store: RunStore
  readonly clock: { now: number }
}

async function scene(state: { readonly state?: null | Record<string, never> } = { state: {} }): Promise<Scene> {
  const path = join(scratchFolder(), 'store.db')
  const clock = { now: 1000 }
  const store = await openRunStore({ path, now: () => clock.now })
  onTestFinished(() => store.closeSync())
  const steps = [0, 1].map((step) => aNewStep({ step, repeatable: true, maxAttempts: 9 }))
  await store.accept(anAcceptedRun({ runId: 'run-1', steps, ...state }))
  return { path, store, clock }
}

/** A process that has taken a step of the run, and when it will have been last heard of. */
interface Taker {
  readonly child: ChildProcess
  readonly bootId: string
  readonly heardOf: number
}

async function taker({ path }: Scene, heardOf: number): Promise<Taker> {
  const { child, report } = await forkStoreProcess(path, 'take', 'run-1')
  const { bootId } = report as { readonly bootId: string }
  return { child, bootId, heardOf }
}

async function lose({ path, store, clock }: Scene, at: number, ...takers: Taker[]): Promise<number> {
  await Promise.all(takers.map(({ child }) => killHard(child)))
  using connection = new DatabaseSync(path, { timeout: 5000 })
  const hear = connection.prepare('UPDATE hosts SET renewed_at = ? WHERE boot_id = ?')
  for (const { bootId, heardOf } of takers) expect(hear.run(heardOf, bootId).changes).toBe(1)
  clock.now = at
  expect((await store.recoverLost()).hosts).toHaveLength(takers.length)
  return (await store.usageOf('run-1')).unattendedMs
}

test('a run is unattended from when its process was last heard of until it is taken from it', async () => {
  const made = await scene()
  expect(await lose(made, 9000, await taker(made, 3000))).toBe(6000)
  expect(await lose(made, 30_000, await taker(made, 29_000))).toBe(7000)
  expect((await made.store.check()).filter(({ level }) => level === 'error')).toEqual([])
})

test('a run is not unattended before it was accepted', async () => {
  const made = await scene()
  expect(await lose(made, 9000, await taker(made, 500))).toBe(8000)
})

test('a run at which somebody else is at work is not unattended', async () => {
  const made = await scene()
  const [one, other] = [await taker(made, 3000), await taker(made, 4000)]
  expect(await lose(made, 9000, one)).toBe(0)
  expect(await lose(made, 9500, other)).toBe(5500)
})

test('a run that two have lost is unattended from when the second was last heard of', async () => {
  for (const [heard, heardToo] of [
    [3000, 4000],
    [4000, 3000],
  ] as const) {
    const made = await scene()
    const takers = [await taker(made, heard), await taker(made, heardToo)]
    expect(await lose(made, 9000, ...takers)).toBe(5000)
  }
})

test('of a run without a state nothing of this is kept', async () => {
  const made = await scene({})
  expect(await lose(made, 9000, await taker(made, 3000))).toBe(0)
})

test('a host that is alive has its time written down with its lease', async () => {
  const made = await scene()
  const before = Date.now()
  await forkStoreProcess(made.path, 'take', 'run-1')
  using connection = new DatabaseSync(made.path, { timeout: 5000 })
  const row = connection.prepare("SELECT max(renewed_at) AS at FROM hosts WHERE state = 'live'").get()
  expect(Number(row?.['at'])).toBeGreaterThanOrEqual(before)
})
