import type { Ledger } from '@mayfly/model-server'
import type { RunDocument } from './run-document.ts'

type Figure = 'inputTokens' | 'cachedTokens' | 'outputTokens' | 'costUsd'

export type Used = Readonly<Record<Figure, number | null>>

/** What all attempts of a run used together; null for what none of them reported. Dollars to a millionth. */
export function usedBy(run: RunDocument): Used {
  return {
    inputTokens: total(run, 'inputTokens'),
    cachedTokens: total(run, 'cachedTokens'),
    outputTokens: total(run, 'outputTokens'),
    costUsd: total(run, 'costUsd'),
  }
}

/** What the server counted, in the same form. */
export function countedBy({ served }: Ledger, isCostKnown: boolean): Used {
  const { inputTokens, cachedTokens, outputTokens, costUsd } = served
  return { inputTokens, cachedTokens, outputTokens, costUsd: isCostKnown ? round(costUsd) : null }
}

function total({ sessions }: RunDocument, figure: Figure): number | null {
  const reported = sessions.map((session) => session[figure]).filter((value) => value !== null)
  return reported.length === 0 ? null : round(reported.reduce((sum, value) => sum + value, 0))
}

const round = (value: number): number => Math.round(value * 1e6) / 1e6
