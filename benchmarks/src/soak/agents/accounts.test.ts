import type { Ledger, Tally, Usage } from '@mayfly/model-server'
import type { RunReport } from '@mayfly/orchestrator-entry'
import { describe, expect, test } from 'vitest'
import { costOf, openAccount } from './accounts.ts'
import type { Cast, Scenario } from './scenario.ts'

type Session = RunReport['sessions'][number]

const usage: Usage = { inputTokens: 1000, cachedTokens: 100, outputTokens: 30 }
const call = { ...usage, costUsd: costOf(usage) }

const scenario = (more: Partial<Cast> = {}): Scenario => ({
  ...{ runId: 'run-1', kind: 'plain', place: 'serve', isWhole: false, settings: {}, cancel: null },
  ...{ status: 'completed', code: null },
  steps: [{ cast: { agent: 'a', failure: null, models: { 'run-1/plain': usage }, ...more } }],
})

const times = (count: number): Tally => ({
  requests: count,
  inputTokens: count * call.inputTokens,
  cachedTokens: count * call.cachedTokens,
  outputTokens: count * call.outputTokens,
  costUsd: count * call.costUsd,
})

const serve = (count: number): Ledger => {
  const served = times(count)
  return { requests: count, refused: 0, served, unfinished: times(0), models: { 'run-1/plain': served } }
}

const session = (status: Session['status'], calls: number): Session =>
  ({ status, ...(calls === 0 ? unreported : times(calls)) }) as unknown as Session

const unreported = { inputTokens: null, cachedTokens: null, outputTokens: null, costUsd: null }

describe('an account', () => {
  test('is good when what sessions have on record is what was served', () => {
    const sessions = [session('failed', 1), session('completed', 2)]
    expect(openAccount(scenario(), sessions, serve(3))).toMatchObject({ problem: null, toNobody: 0, cutOff: 0 })
  })

  test('of an attempt that was cut off may lack one call, and not two', () => {
    const sessions = [session('lost', 0), session('completed', 2)]
    expect(openAccount(scenario(), sessions, serve(3))).toMatchObject({
      ...{ problem: null, toNobody: 1 },
      lost: { ...call, costUsd: expect.closeTo(call.costUsd) },
    })
    expect(openAccount(scenario(), sessions, serve(4)).problem).toContain('1 cut off')
  })

  test('of an attempt that ended by itself may lack nothing', () => {
    expect(openAccount(scenario(), [session('failed', 1)], serve(2)).problem).toContain('0 cut off')
  })

  test('is bad when more is on record than was served', () => {
    expect(openAccount(scenario(), [session('lost', 3)], serve(2)).problem).not.toBeNull()
  })

  test('of a client that was cut off and reports in the end may lack the output of what it has said of its input', () => {
    const known = { ...session('cancelled', 1), outputTokens: null, costUsd: null }
    expect(openAccount(scenario({ reportsAtEnd: true }), [known], serve(1))).toMatchObject({ problem: null })
    expect(openAccount(scenario(), [known], serve(1)).problem).not.toBeNull()
  })
})
