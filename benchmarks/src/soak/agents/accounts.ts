import type { Ledger, Tally, Usage } from '@mayfly/model-server'
import type { RunReport } from '@mayfly/orchestrator-entry'
import { PRICE } from './price.ts'
import { type Cast, modelsOf, type Scenario } from './scenario.ts'

/*
 * What a call costs, in the server's book and in ours:
 *
 * - served: the server has sent the whole answer. It is in both books.
 * - unfinished: an answer that was begun and never ended (cut, hung, left by the client). It is in neither: nobody could tell a client what it
 *   cost. Refused: an error, or no answer of a model. It costs nothing.
 * - served to nobody: served, but the attempt was ended from outside (kill -9, a cancellation, a limit) before it could write that down. It is in
 *   the server's book only. There can be one for each attempt that was ended so, for each makes one call at a time; of programs also those of
 *   the last quarter of a second, for what they report is written down no oftener.
 */

/** Sums of what sessions have on record. */
export interface Recorded {
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly outputTokens: number
  readonly costUsd: number
}

export interface Account {
  readonly runId: string
  readonly recorded: Recorded
  readonly served: Tally
  /** Attempts that were ended from outside. */
  readonly cutOff: number
  /** Calls that were served to nobody. */
  readonly toNobody: number
  /** What they have used. */
  readonly lost: Recorded
  /** What does not add up; null when all does. */
  readonly problem: string | null
}

type Session = RunReport['sessions'][number]

export const openAccount = (scenario: Scenario, sessions: readonly Session[], ledger: Ledger): Account => {
  const models = modelsOf(scenario)
  const recorded = sumOf(sessions.map(toRecorded))
  const tallies = Object.keys(models).flatMap((name) => ledger.models[name] ?? [])
  const served = tallies.reduce(addTallies, nothingServed)
  const missing = minus(served, recorded)
  const isCutByLimit = scenario.steps.some(({ cast }) => cast.isCutByLimit)
  const cutOff = sessions.filter((session) => isCutOff(session, isCutByLimit)).length
  const toNobody = explain(missing, scenario, cutOff)
  const problem =
    toNobody === null
      ? `${JSON.stringify(recorded)} on record, ${JSON.stringify(served)} served, ${cutOff} cut off`
      : null
  return {
    runId: scenario.runId,
    recorded,
    served,
    cutOff,
    toNobody: toNobody ?? 0,
    lost: toNobody === null ? nothingRecorded : missing,
    problem,
  }
}

export const nothingServed: Tally = { requests: 0, inputTokens: 0, cachedTokens: 0, outputTokens: 0, costUsd: 0 }

/** Ended by somebody else than its agent, or by a limit over its program. */
const isCutOff = ({ status }: Session, isCutByLimit: boolean): boolean =>
  isCutByLimit ? status !== 'completed' : status !== 'completed' && status !== 'failed'

const toRecorded = ({ inputTokens, cachedTokens, outputTokens, costUsd }: Session): Recorded => ({
  inputTokens: inputTokens ?? 0,
  cachedTokens: cachedTokens ?? 0,
  outputTokens: outputTokens ?? 0,
  costUsd: costUsd ?? 0,
})

export const addRecorded = (one: Recorded, other: Recorded): Recorded => ({
  inputTokens: one.inputTokens + other.inputTokens,
  cachedTokens: one.cachedTokens + other.cachedTokens,
  outputTokens: one.outputTokens + other.outputTokens,
  costUsd: one.costUsd + other.costUsd,
})

export const nothingRecorded: Recorded = { inputTokens: 0, cachedTokens: 0, outputTokens: 0, costUsd: 0 }

const sumOf = (all: readonly Recorded[]): Recorded => all.reduce(addRecorded, nothingRecorded)

export const addTallies = (one: Tally, other: Tally): Tally => ({
  requests: one.requests + other.requests,
  ...addRecorded(one, other),
})

const minus = (served: Tally, recorded: Recorded): Recorded => ({
  inputTokens: served.inputTokens - recorded.inputTokens,
  cachedTokens: served.cachedTokens - recorded.cachedTokens,
  outputTokens: served.outputTokens - recorded.outputTokens,
  costUsd: served.costUsd - recorded.costUsd,
})

/** How many calls were served to nobody; null when what is missing cannot be explained by so few. */
const explain = (missing: Recorded, { steps }: Scenario, cutOff: number): number | null => {
  const calls = steps.flatMap(({ cast }) => Object.values(cast.models ?? {}).flatMap((usage) => losses(usage, cast)))
  const most = cutOff * Math.max(...steps.map(({ cast }) => cast.mostLost ?? 1))
  for (let count = 0; count <= most; count++) {
    if (someSum(calls, count, nothingRecorded, (sum) => isSame(sum, missing))) return count
  }
  return null
}

/** What may be missing of one call. */
const losses = (usage: Usage, { reportsAtEnd }: Cast): readonly Recorded[] => {
  const whole = { ...usage, costUsd: costOf(usage) }
  return reportsAtEnd ? [whole, { ...whole, inputTokens: 0, cachedTokens: 0 }] : [whole]
}

/** Whether so many of them, each as often as one likes, come to a sum that is meant. */
const someSum = (
  calls: readonly Recorded[],
  count: number,
  sum: Recorded,
  isMeant: (sum: Recorded) => boolean,
): boolean => {
  if (count === 0) return isMeant(sum)
  return calls.some((call, index) => someSum(calls.slice(index), count - 1, addRecorded(sum, call), isMeant))
}

export const costOf = ({ inputTokens, cachedTokens, outputTokens }: Usage): number =>
  ((inputTokens - cachedTokens) * PRICE.input + cachedTokens * PRICE.cached + outputTokens * PRICE.output) / 1e6

/** Sums of fractions differ in their last digits with their order. US dollars. */
const ROUNDING = 1e-9

export const isSame = (one: Recorded, other: Recorded): boolean =>
  one.inputTokens === other.inputTokens &&
  one.cachedTokens === other.cachedTokens &&
  one.outputTokens === other.outputTokens &&
  Math.abs(one.costUsd - other.costUsd) < ROUNDING
