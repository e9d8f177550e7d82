import { ComplexityUnknownError } from './complexity-unknown-error.ts'

/** A complexity in words, as a router gives it. */
export type ComplexityLabel = 'high' | 'medium' | 'low'

/** The figures are those of the worker pattern report of 2026-01-12. */
const scores: Readonly<Record<ComplexityLabel, number>> = { high: 0.8, medium: 0.5, low: 0.3 }

/**
 * A complexity label as a number from 0 to 1: high 0.8, medium 0.5, low 0.3, and 0.5 when there is none.
 *
 * @throws {ComplexityUnknownError} any other label (COMPLEXITY_UNKNOWN)
 */
export function complexityScore(label?: ComplexityLabel): number {
  if (label === undefined) return scores.medium
  if (typeof label !== 'string' || !Object.hasOwn(scores, label)) throw new ComplexityUnknownError(label)
  return scores[label]
}
