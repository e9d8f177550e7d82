import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { ConformanceCase } from './conformance-case.ts'
import { groups } from './groups.ts'
import { capabilityTable, type Tier, tiers } from './tiers.ts'

/*
 * One suite for every tier: the same tasks, the same expectations. What a tier declares to be impossible is skipped by name, with
 * the reason, and stands in the README.
 */

const reasonAgainst = ({ cannot }: Tier, { needs = [] }: ConformanceCase): string | undefined =>
  needs.map((capability) => cannot[capability]).find((reason) => reason !== undefined)

const runCase = async (tier: Tier, { options, run }: ConformanceCase): Promise<void> => {
  await using bench = tier.open(options)
  await run(bench)
}

const register = (tier: Tier, one: ConformanceCase): void => {
  const reason = reasonAgainst(tier, one)
  if (reason !== undefined) return test.skip(`${one.title} (impossible: ${reason})`, () => {})
  // In place all tasks share one event loop: a case that holds it up would be felt by the others.
  const concurrent = tier.cannot.endsSpinning === undefined && one.alone !== true
  test(one.title, { concurrent }, () => runCase(tier, one))
}

describe.each(tiers)('tier $name', (tier) => {
  describe.each(groups)('$title', ({ cases }) => {
    for (const one of cases) register(tier, one)
  })
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
