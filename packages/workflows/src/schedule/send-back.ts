import { renew, renewed } from './renew.ts'
import { reached } from './topology.ts'
import type { Turn } from './turn.ts'

const MAX_ROUNDS = 100

/** Whether a failure of the step may send the run back once more. */
export function canSendBack(turn: Turn, step: number): boolean {
  const { onFailure } = turn.planned(step)
  if (onFailure === undefined || turn.sentBack >= (turn.ask.limits?.maxRounds ?? MAX_ROUNDS)) return false
  return turn.at(step).sentBack < onFailure.max
}

/**
 * The earlier step begins a new round with these words. What has come of it so far is stale, whatever branch it is on.
 * Answers what is to be looked at next.
 */
export function sendBack(turn: Turn, step: number, feedback: string): readonly number[] {
  const { onFailure } = turn.planned(step)
  if (onFailure === undefined) return []
  for (const stale of reached(onFailure.to, turn.topology.dependants)) {
    if (stale !== step) renewDecided(turn, stale)
  }
  const { round, sentBack } = turn.at(step)
  turn.put(step, { to: 'pending' }, { ...renewed(round, null), sentBack: sentBack + 1 })
  turn.put(onFailure.to, { to: 'pending' }, renewed(turn.at(onFailure.to).round, feedback))
  return [onFailure.to]
}

/** What is pending has nothing to do anew. What runs may finish; that it is stale shows by what it needs. */
function renewDecided(turn: Turn, step: number): void {
  const { status } = turn.at(step)
  if (status !== 'pending' && status !== 'running') renew(turn, step)
}
