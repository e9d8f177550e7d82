import { expect, test } from 'vitest'
import { workerRange } from './worker-range.ts'

const BUDGET_MB = 100_000

test('a number alone is fixed; with minWorkers it is elastic', () => {
  expect(workerRange({}, BUDGET_MB, 2)).toMatchObject({ isElastic: false, minWorkers: 4, maxWorkers: 4 })
  expect(workerRange({ maxWorkers: 9, minWorkers: 2 }, BUDGET_MB, 2)).toMatchObject({
    isElastic: true,
    minWorkers: 2,
    maxWorkers: 9,
  })
})

test('auto is four for each core, as far as the budget holds them, and at least one', () => {
  const auto = (budgetMb: number, cores: number, heapLimitMb?: number): number =>
    workerRange({ maxWorkers: 'auto', ...(heapLimitMb && { heapLimitMb }) }, budgetMb, cores).maxWorkers
  expect(auto(BUDGET_MB, 8)).toBe(32)
  expect(auto(16 * (1024 + 512), 8)).toBe(16)
  expect(auto(16 * (2048 + 512), 8, 2048)).toBe(16)
  expect(auto(100, 8)).toBe(1)
  expect(auto(10_000_000, 512)).toBe(1024)
  expect(workerRange({ maxWorkers: 'auto' }, BUDGET_MB, 2)).toMatchObject({ isElastic: true, minWorkers: 1 })
  expect(workerRange({ maxWorkers: 'auto', minWorkers: 20 }, BUDGET_MB, 2).maxWorkers).toBe(20)
})
