import type { HistoryScores } from './history-scores.ts'
import type { Links } from './links.ts'

/** Why a file's score was raised by another one's. */
export type SpreadKind = 'imported-by' | 'imports' | 'test-of' | 'tested-by' | 'changed-with' | 'beside'

/** What one file gave to another. */
export interface Gift {
  readonly kind: SpreadKind
  /** The giver, by index. */
  readonly from: number
  readonly amount: number
}

/** How many of the best files give: what is far down the list has nothing to say about others. */
const givers = 30
const shares: Readonly<Record<SpreadKind, number>> = {
  'imported-by': 0.2,
  imports: 0.12,
  'test-of': 0.35,
  'tested-by': 0.4,
  'changed-with': 0.35,
  beside: 0.1,
}

/**
 * What the best files give to those that belong to them, by the index of the receiver. Of each kind a file keeps the largest
 * gift only: being imported by many relevant files makes a helper of everything, not a relevant file.
 */
export function spreadScores(
  scores: readonly number[],
  links: Links,
  history: HistoryScores,
): ReadonlyMap<number, readonly Gift[]> {
  const received = new Map<number, Gift[]>()
  const give = (kind: SpreadKind, from: number, to: number, share: number): void => {
    const gift: Gift = { kind, from, amount: shares[kind] * share * (scores[from] ?? 0) }
    received.set(to, keepLargest(received.get(to) ?? [], gift))
  }
  for (const file of bestOf(scores, givers)) {
    giveAlong(links.importsOf(file), (to, share) => give('imported-by', file, to, share))
    giveAlong(links.importersOf(file), (to, share) => give('imports', file, to, share))
    for (const test of links.testsOf(file)) give('test-of', file, test, 1)
    const subject = links.subjectOf(file)
    if (subject !== undefined) give('tested-by', file, subject, 1)
    giveAlong(links.besides(file), (to, share) => give('beside', file, to, share))
    for (const [other, share] of history.companionsOf(file)) give('changed-with', file, other, share)
  }
  return received
}

/** The indexes of the highest scores above 0, highest first; equal ones in their own order. */
export function bestOf(scores: readonly number[], most: number): readonly number[] {
  const positive = scores.flatMap((score, index) => (score > 0 ? [index] : []))
  return positive.sort((one, other) => (scores[other] ?? 0) - (scores[one] ?? 0) || one - other).slice(0, most)
}

/** The more files there are to give to, the less each of them gets. */
function giveAlong(files: readonly number[], give: (file: number, share: number) => void): void {
  const share = 1 / (1 + Math.log(Math.max(1, files.length)))
  for (const file of files) give(file, share)
}

function keepLargest(gifts: readonly Gift[], gift: Gift): Gift[] {
  const known = gifts.find(({ kind }) => kind === gift.kind)
  if (known !== undefined && known.amount >= gift.amount) return [...gifts]
  return [...gifts.filter(({ kind }) => kind !== gift.kind), gift]
}
