import { expect, test } from 'vitest'
import { tiers } from '../task.ts'
import { taskNames, tasks } from './index.ts'

test('every task has a name of its own', () => {
  expect(new Set(taskNames).size).toBe(taskNames.length)
})

test('every task has causes for both tiers, and a reason for each limit that it declares', () => {
  const incomplete = tasks.filter(({ causes, limits }) =>
    tiers.some((tier) => causes[tier].length === 0 || Object.values(limits[tier]).includes('')),
  )
  expect(incomplete).toEqual([])
})

test('every task has a function to run, but for those that are about its absence', async () => {
  const missing: string[] = []
  for (const { name, module, export: exportName } of tasks) {
    if (typeof module !== 'string') continue
    const exports = (await import(new URL(`../tasks/${module}`, import.meta.url).href)) as Record<string, unknown>
    if (typeof exports[exportName] !== 'function') missing.push(name)
  }
  expect(missing).toEqual(['missing-export', 'export-no-function'])
})
