import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import type { ConformanceCase } from './conformance-case.ts'
import { groups } from './groups.ts'
import { type Bench, capabilityTable, type Tier, tiers } from './tiers.ts'

/*
 * One suite for every tier: the same tasks, the same expectations. What a tier declares to be impossible is skipped by name, with
 * the reason, and stands in the README.
 */

const reasonAgainst = ({ cannot }: Tier, { needs = [] }: ConformanceCase): string | undefined =>
  needs.map((capability) => cannot[capability]).find((reason) => reason !== undefined)

const runCase = async (shared: Bench, { options, run }: ConformanceCase): Promise<void> => {
  if (options === undefined) return await run(shared)
  await using bench = shared.tier.open(options)
  await run(bench)
}

const register = (shared: Bench, one: ConformanceCase): void => {
  const reason = reasonAgainst(shared.tier, one)
  if (reason !== undefined) return test.skip(`${one.title} (impossible: ${reason})`, () => {})
  test(one.title, () => runCase(shared, one))
}

const registerGroups = (shared: Bench, alone: boolean): void => {
  for (const { title, cases } of groups) {
    const chosen = cases.filter((one) => (one.alone ?? false) === alone)
    if (chosen.length === 0) continue
    describe(title, () => {
      for (const one of chosen) register(shared, one)
    })
  }
}

describe.each(tiers)('tier $name', (tier) => {
  // No case waits for another's worker: that has cases of its own.
  const shared = tier.open({ maxWorkers: 100, memoryBudgetMb: 1_000_000 })
  afterAll(() => shared[Symbol.asyncDispose]())

  describe('together', { concurrent: true }, () => registerGroups(shared, false))
  describe('alone', () => registerGroups(shared, true))
})

describe('what a tier declares to be impossible', () => {
  const needed = new Set(groups.flatMap(({ cases }) => cases.flatMap(({ needs = [] }) => needs)))

  test.each(tiers)('is what cases need: $name', ({ cannot }) => {
    expect(Object.keys(cannot).filter((capability) => !needed.has(capability as never))).toEqual([])
  })

  test('stands in the README, word for word', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    expect(readme).toContain(['## What each tier can do', '', ...capabilityTable()].join('\n'))
  })
})
