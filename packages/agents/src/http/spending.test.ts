import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultLimits } from '../agent-limits.ts'
import type { HttpReference } from './http-reference.ts'
import { type CallUsage, costOf } from './model-price.ts'
import { Spending } from './spending.ts'

const price = { inputPerMillion: 4, cachedPerMillion: 1, cacheWritePerMillion: 8, outputPerMillion: 16 }
const reference: HttpReference = {
  kind: 'http',
  name: 'helper',
  provider: 'openai',
  model: 'm',
  permission: 'read',
  price,
}
const usage: CallUsage = { inputTokens: 1_000, cachedTokens: 300, cacheWriteTokens: 200, outputTokens: 50 }

describe('costOf', () => {
  it('asks for each kind of token its own price', () => {
    expect(costOf(usage, price)).toBeCloseTo((500 * 4 + 300 * 1 + 200 * 8 + 50 * 16) / 1e6, 15)
  })

  it('takes the prices that are not set from that of input', () => {
    const plain = { inputPerMillion: 4, outputPerMillion: 16 }
    expect(costOf(usage, plain)).toBeCloseTo((500 * 4 + 300 * 4 + 200 * 5 + 50 * 16) / 1e6, 15)
  })

  it('does not know the cost of what was not reported', () => {
    expect(costOf({ ...usage, outputTokens: null }, price)).toBeNull()
  })
})

describe('Spending', () => {
  const open = (limits: object = {}): Spending => new Spending(reference, { ...defaultLimits, ...limits })

  it('reports null until something was reported', () => {
    expect(open().spent).toEqual({ inputTokens: null, cachedTokens: null, outputTokens: null, costUsd: null })
  })

  it('keeps what is known beside what is not, and counts the calls of which nothing is', () => {
    const spending = open()
    spending.add(usage)
    spending.add({ inputTokens: null, cachedTokens: null, cacheWriteTokens: null, outputTokens: null })
    expect(spending.spent).toMatchObject({ inputTokens: 1_000, outputTokens: 50 })
    expect(spending.unreportedCalls).toBe(1)
  })

  it('does not go on in the dark when there is a limit', () => {
    const unknown = { inputTokens: null, cachedTokens: null, cacheWriteTokens: null, outputTokens: null }
    expect(() => open({ maxTokens: 10 }).add(unknown)).toThrow(expect.objectContaining({ code: 'USAGE_UNKNOWN' }))
  })

  it('leaves the next answer what the limits leave', () => {
    const spending = open({ maxTokens: 2_000, maxCostUsd: 0.01 })
    expect(spending.tokensLeft()).toBe(Math.floor(0.01 / (16 / 1e6)))
    spending.add(usage)
    expect(spending.tokensLeft()).toBe(331)
  })

  it('leaves at least one token or refuses, whatever was used', () => {
    const tokens = fc.integer({ min: 0, max: 5_000 })
    fc.assert(
      fc.property(fc.array(fc.record({ inputTokens: tokens, outputTokens: tokens })), (calls) => {
        const spending = open({ maxTokens: 10_000 })
        const used = calls.reduce((sum, call) => sum + call.inputTokens + call.outputTokens, 0)
        for (const call of calls) spending.add({ ...call, cachedTokens: null, cacheWriteTokens: null })
        if (used >= 10_000)
          expect(() => spending.tokensLeft()).toThrow(expect.objectContaining({ code: 'AGENT_LIMIT' }))
        else expect(spending.tokensLeft()).toBe(10_000 - used)
      }),
    )
  })
})
