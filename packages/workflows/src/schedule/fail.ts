import type { StepError } from './mark.ts'
import { canSendBack, sendBack } from './send-back.ts'
import type { Turn } from './turn.ts'

export interface Failure {
  /** Null when it was the step's own work that failed: the attempt's record says why. */
  readonly error: StepError | null
  /** For the step that the run is sent back to; asked only then. */
  readonly feedback: () => string
}

/** Another agent, else back to an earlier step, else the run has failed. Answers what is to be looked at next. */
export function fail(turn: Turn, step: number, failure: Failure): readonly number[] {
  if (!turn.isHaltedBesides(step)) {
    // Another agent cannot mend a condition, nor does it change what a person has said.
    if (failure.error === null && hasAnotherAgent(turn, step)) return handOver(turn, step)
    if (canSendBack(turn, step)) return sendBack(turn, step, failure.feedback())
  }
  giveUp(turn, step, failure.error)
  return []
}

function hasAnotherAgent(turn: Turn, step: number): boolean {
  return turn.at(step).agent + 1 < turn.planned(step).agents.length
}

function handOver(turn: Turn, step: number): readonly number[] {
  turn.put(step, { to: 'queued' }, { agent: turn.at(step).agent + 1 })
  return []
}

/** From here on the run fails: what runs may finish, what is only queued stays where it is until the run is resumed. */
function giveUp(turn: Turn, step: number, error: StepError | null): void {
  if (error !== null) turn.put(step, { to: 'failed', error })
  for (const queued of turn.stepsThatAre('queued')) turn.put(queued, { to: 'pending' })
}
