import type { Mark, StepError, StepMemory } from './mark.ts'

/** Where a step goes. */
export type Move =
  | { readonly to: 'queued' }
  /** Sent back, or its need was, or it was queued and nothing is to begin any more. */
  | { readonly to: 'pending' }
  | { readonly to: 'skipped'; readonly reason: string }
  | { readonly to: 'waiting'; readonly approval: 'before' | 'after'; readonly reason: string }
  | { readonly to: 'failed'; readonly error: StepError }
  | { readonly to: 'completed' }

/**
 * Where a step goes, with all that is to be kept of it from then on. A step that was queued and goes anywhere else is
 * no longer to be begun. A decision has at most one change for each step.
 */
export type Change = Move & StepMemory & { readonly step: number }

/** The mark of a step once its change is written. */
export function markAfter({ step, to, round, agent, approved, sentBack, feedback, error }: Change): Mark {
  return { step, status: to, round, agent, approved, sentBack, feedback, error }
}
