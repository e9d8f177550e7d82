import { afterEach, expect, test } from 'vitest'
import { WorkerEnvironments } from './worker-environment.ts'

const NAME = 'MAYFLY_TEST_ENVIRONMENT'

afterEach(() => {
  delete process.env[NAME]
})

test('tasks that add nothing share one environment, as it was when they came', async () => {
  process.env[NAME] = 'first'
  const environments = new WorkerEnvironments([NAME, 'MAYFLY_TEST_MISSING'])
  const first = environments.with()
  await undefined
  expect(environments.with({})).toBe(first)
  expect(environments.with({ MORE: '1' })).toEqual({ [NAME]: 'first', MORE: '1' })
  process.env[NAME] = 'second'
  await undefined
  expect(environments.with()).toEqual({ [NAME]: 'second' })
  expect(first).toEqual({ [NAME]: 'first' })
})
