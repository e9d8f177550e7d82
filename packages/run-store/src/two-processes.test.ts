import { join } from 'node:path'
import { expect, test } from 'vitest'
import { forkStoreProcess } from './fixtures/fork-store-process.ts'
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
