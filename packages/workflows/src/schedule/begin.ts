import { fail } from './fail.ts'
import type { Turn } from './turn.ts'

/** Begins what can begin of these steps, and of those that follow from it. */
export function beginAll(turn: Turn, steps: Iterable<number>): void {
  const line = [...steps]
  // Grows while it is walked.
  for (const step of line) for (const next of consider(turn, step)) line.push(next)
}

/** What is to be looked at next. */
function consider(turn: Turn, step: number): readonly number[] {
  const canBegin = turn.at(step).status === 'pending' && !turn.isHalted && turn.areNeedsDone(step)
  return canBegin && !turn.isBlocked(step) ? begin(turn, step) : []
}

function begin(turn: Turn, step: number): readonly number[] {
  const holds = conditionOf(turn, step)
  if (typeof holds === 'string') {
    return fail(turn, step, { error: { code: 'CONDITION_FAILED', message: holds }, feedback: () => holds })
  }
  if (holds) return enter(turn, step)
  turn.put(step, { to: 'skipped', reason: 'its condition does not hold' })
  return turn.dependantsOf(step)
}

/** Whether the step is to run, or in words why that cannot be known. */
function conditionOf(turn: Turn, step: number): boolean | string {
  if (turn.planned(step).condition === undefined) return true
  try {
    return turn.ask.condition(step)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return `the condition of ${turn.named(step)} cannot be evaluated: ${why}`
  }
}

function enter(turn: Turn, step: number): readonly number[] {
  const mustBeApproved = turn.planned(step).approval === 'before' && !turn.at(step).approved
  if (mustBeApproved) turn.put(step, { to: 'waiting', approval: 'before', reason: 'a person must let it begin' })
  else turn.put(step, { to: 'queued' })
  return []
}

/** It has worked; what needs it begins when a person agrees. */
export function awaitApproval(turn: Turn, step: number): void {
  turn.put(step, { to: 'waiting', approval: 'after', reason: 'a person must accept what it has done' })
}
