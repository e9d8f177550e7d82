import type { StepMemory } from './mark.ts'
import { reached } from './topology.ts'
import type { Turn } from './turn.ts'

/** How a step begins a new round: with its first agent, and with nobody's approval. */
export const renewed = (round: number, feedback: string | null): Partial<StepMemory> => ({
  ...{ round: round + 1, agent: 0, approved: false, feedback, error: null },
})

/** What the step has done, or was about to do, is stale: it is to be done anew once its needs are. */
export function renew(turn: Turn, step: number): void {
  turn.put(step, { to: 'pending' }, renewed(turn.at(step).round, null))
}

/** What waited for this stale step to end. */
export function freedBy(turn: Turn, step: number): number[] {
  const needed = reached(step, turn.topology.needs)
  return turn.topology.order.filter((other) => needed.has(other) && turn.at(other).status === 'pending')
}

/**
 * An attempt that runs on stale work may fail and be queued again by the store, which knows nothing of that. Such steps
 * are taken back. Answers what waited for them.
 */
export function renewStale(turn: Turn): number[] {
  if (turn.sentBack === 0 || turn.tally.queued === 0) return []
  const stale = turn.stepsThatAre('queued').filter((step) => !turn.areNeedsDone(step))
  for (const step of stale) renew(turn, step)
  return stale.flatMap((step) => freedBy(turn, step))
}
