import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { orderSteps } from './step-order.ts'

/** Whether one step is reached from another by following needs: the plain definition, step by step. */
function reaches(needs: readonly (readonly number[])[], from: number, to: number): boolean {
  const seen = new Set<number>()
  const waiting = [...(needs[from] ?? [])]
  for (const position of waiting) {
    if (position === to) return true
    if (!seen.has(position)) waiting.push(...(needs[position] ?? []))
    seen.add(position)
  }
  return false
}

const graph = fc
  .integer({ min: 1, max: 40 })
  .chain((size) =>
    fc.array(fc.uniqueArray(fc.nat({ max: size - 1 }), { maxLength: 3 }), { minLength: size, maxLength: size }),
  )

describe('the order of steps', () => {
  test('without a cycle says of any two what following the needs says', () => {
    const acyclic = graph.map((needs) => needs.map((of, position) => of.filter((need) => need < position)))
    fc.assert(
      fc.property(acyclic, fc.nat({ max: 39 }), fc.nat({ max: 39 }), (needs, one, other) => {
        const order = orderSteps(needs)
        fc.pre(one < needs.length && other < needs.length)
        return order.cycles.length === 0 && order.comesBefore(one, other) === reaches(needs, other, one)
      }),
    )
  })

  test('finds a cycle exactly when some step needs itself in the end', () => {
    fc.assert(
      fc.property(graph, (needs) => {
        const { cycles } = orderSteps(needs)
        expect(cycles.length > 0).toBe(needs.some((_of, position) => reaches(needs, position, position)))
        for (const cycle of cycles)
          for (const [index, position] of cycle.entries())
            expect(needs[position]).toContain(cycle[(index + 1) % cycle.length])
        expect(new Set(cycles.flat()).size).toBe(cycles.flat().length)
      }),
    )
  })

  test('of 10,000 steps in a row, and in a ring', () => {
    const row = Array.from({ length: 10_000 }, (_, position) => (position === 0 ? [] : [position - 1]))
    expect(orderSteps(row).comesBefore(0, 9_999)).toBe(true)
    expect(orderSteps(row).comesBefore(9_999, 0)).toBe(false)
    expect(orderSteps([[9_999], ...row.slice(1)]).cycles[0]).toHaveLength(10_000)
  })
})
