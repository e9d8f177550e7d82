import { describe, expect, test } from 'vitest'
import type { PreviousReport } from '../../agent-report.ts'
import type { ClientCall } from '../client-profile.ts'
import { Tally } from '../tally.ts'
import { claude } from './claude.ts'

/** Of `requests` requests, 1,200 tokens in and 34 out each. */
const ofModel = (requests: number) => ({
  inputTokens: 1_000 * requests,
  cacheReadInputTokens: 200 * requests,
  outputTokens: 34 * requests,
})

const ofCall = (requests: number) => ({
  input_tokens: 1_000 * requests,
  cache_read_input_tokens: 200 * requests,
  output_tokens: 34 * requests,
})

const earlier = { sessionId: 's', inputTokens: null, cachedTokens: null, outputTokens: null, costUsd: null }

const figuresOf = (result: object, previous?: Partial<PreviousReport>) => {
  const tally = new Tally(1_000, true)
  const call = { previous: previous && { ...earlier, ...previous } } as ClientCall
  const event = { type: 'result', subtype: 'success', is_error: false, result: 'Done.', ...result }
  claude.createReader(call)(event, tally)
  const { inputTokens, cachedTokens, outputTokens } = tally.figures
  return [inputTokens, cachedTokens, outputTokens]
}

describe('the tokens of a call of claude', () => {
  test('include what its sub-agents and other models used', () => {
    const result = { usage: ofCall(1), modelUsage: { large: ofModel(2), small: ofModel(1) } }
    expect(figuresOf(result)).toEqual([3_600, 600, 102])
  })

  test("are this call's, where its session was taken up again", () => {
    const previous = { inputTokens: 2_400, cachedTokens: 400, outputTokens: 68 }
    expect(figuresOf({ usage: ofCall(1), modelUsage: { large: ofModel(3) } }, previous)).toEqual([1_200, 200, 34])
  })

  test('include the output that a call before it could not tell any more', () => {
    const previous = { inputTokens: 1_200, cachedTokens: 200 }
    expect(figuresOf({ usage: ofCall(1), modelUsage: { large: ofModel(2) } }, previous)).toEqual([1_200, 200, 68])
  })

  test('are its own where the session lost count of what was before', () => {
    const previous = { inputTokens: 1_200, cachedTokens: 200, outputTokens: 34 }
    expect(figuresOf({ usage: ofCall(1), modelUsage: { large: ofModel(1) } }, previous)).toEqual([1_200, 200, 34])
  })

  test("are the main conversation's for a version that does not name models", () => {
    expect(figuresOf({ usage: ofCall(2) })).toEqual([2_400, 400, 68])
  })
})
