import { join } from 'node:path'
import { expect, test } from 'vitest'
import { forkStoreProcess } from './fixtures/fork-store-process.ts'
import { anAcceptedRun } from './fixtures/records.ts'
import { scratchFolder } from './fixtures/scratch.ts'
import { openRunStore } from './open-run-store.ts'

test('processes that create and fill one store at one time lose nothing', async () => {
  const path = join(scratchFolder(), '.mayfly', 'store.db')
  const writers = ['ant', 'bee', 'cricket']
  const runsEach = 40
  await Promise.all(writers.map((writer) => forkStoreProcess(path, 'write', writer, runsEach)))

  await using store = await openRunStore({ path })
  const expected = writers.flatMap((writer) => Array.from({ length: runsEach }, (_, index) => `${writer}-${index}`))
  const runs = await store.listRuns({ limit: 1000 })
  expect(runs.map((run) => run.runId).sort()).toEqual(expected.sort())
  expect(new Set(runs.map((run) => run.status))).toEqual(new Set(['completed']))
  for (const runId of expected) expect(await store.listEvents(runId)).toHaveLength(1)
})

test('two stores in one process see each other’s runs', async () => {
  const path = join(scratchFolder(), 'store.db')
  await using one = await openRunStore({ path })
  await using other = await openRunStore({ path })
  await one.createRun({ runId: 'run-1', prompt: 'hello', cwd: '/' })
  await other.updateRun('run-1', { status: 'completed' })
  expect(await one.getRun('run-1')).toMatchObject({ status: 'completed', bootId: one.bootId })
})

test('processes that submit under the same keys at one time get the same runs', async () => {
  const path = join(scratchFolder(), 'store.db')
  const submitters = ['ant', 'bee', 'cricket']
  const answers = await Promise.all(submitters.map((name) => forkStoreProcess(path, 'submit', name, 40)))
  const [first, ...others] = answers.map(({ report }) => report)
  for (const other of others) expect(other).toEqual(first)
  await using store = await openRunStore({ path })
  expect(await store.listRuns({ limit: 1000 })).toHaveLength(40)
})

test('processes that work off one queue do each step once, and keep to its limits together', async () => {
  const path = join(scratchFolder(), 'store.db')
  await using store = await openRunStore({ path })
  await store.setLimits({ workers: 2 })
  const expected = Array.from({ length: 60 }, (_, index) => `run-${index}`)
  for (const runId of expected) await store.accept(anAcceptedRun({ runId }))
  const workers = await Promise.all(['ant', 'bee', 'cricket'].map((name) => forkStoreProcess(path, 'work', name)))
  const reports = workers.map(({ report }) => report as { done: string[]; most: number })
  expect(reports.flatMap(({ done }) => done).sort()).toEqual(expected.map((runId) => `${runId}/1`).sort())
  expect(Math.max(...reports.map(({ most }) => most))).toBeLessThanOrEqual(2)
  expect((await store.stats()).total).toMatchObject({ count: 60, completed: 60 })
})
