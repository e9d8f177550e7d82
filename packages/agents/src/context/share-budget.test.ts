import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shareBudget } from './share-budget.ts'

const needs = fc.array(fc.nat(200), { maxLength: 12 })
const fraction = fc.constantFrom(0, 1 / 3, 1 / 2, 3 / 4, 1)
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)

describe('shareBudget', () => {
  it('keeps a huge part from taking everything from those after it', () => {
    expect(shareBudget([1_000, 10, 20], 100, 1 / 2)).toEqual([70, 10, 20])
    expect(shareBudget([1_000, 1_000, 1_000], 100, 1 / 2)).toEqual([50, 25, 25])
    expect(shareBudget([30, 1_000], 40, 3 / 4)).toEqual([30, 10])
  })

  it('gives each what it needs when everything fits, and never more than there is', () => {
    fc.assert(
      fc.property(needs, fc.nat(1_000), fraction, (parts, budget, share) => {
        const portions = shareBudget(parts, budget, share)
        expect(sum(portions)).toBe(Math.min(budget, sum(parts)))
        for (const [index, portion] of portions.entries()) expect(portion).toBeLessThanOrEqual(parts[index] ?? 0)
        if (sum(parts) <= budget) expect(portions).toEqual(parts)
      }),
    )
  })

  it('takes nothing from any part when the budget grows', () => {
    fc.assert(
      fc.property(needs, fc.nat(1_000), fc.nat(100), fraction, (parts, budget, more, share) => {
        const before = shareBudget(parts, budget, share)
        const after = shareBudget(parts, budget + more, share)
        expect(after.every((portion, index) => portion >= (before[index] ?? 0))).toBe(true)
      }),
    )
  })
})
