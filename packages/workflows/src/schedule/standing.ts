import type { RunFailureCode, RunStanding } from './decision.ts'
import { canSendBack } from './send-back.ts'
import type { Turn } from './turn.ts'

/** How the run stands after what was decided in this turn. */
export function standingOf(turn: Turn): RunStanding {
  if (turn.tally.queued + turn.tally.running > 0) return { status: 'going' }
  if (turn.tally.failed > 0) return failed(turn)
  if (turn.tally.stopped > 0) return { status: 'stopped', steps: turn.stepsThatAre('interrupted', 'cancelled') }
  if (turn.tally.waiting > 0) return { status: 'waiting', steps: turn.stepsThatAre('waiting') }
  // Pending here would mean that changes of an earlier decision were not written; resuming finds these steps.
  const pending = turn.stepsThatAre('pending')
  return pending.length === 0 ? { status: 'completed' } : { status: 'stopped', steps: pending }
}

/** Of several that failed, the first in the file is named. */
function failed(turn: Turn): RunStanding {
  const [step = 0] = turn.stepsThatAre('failed')
  const { error } = turn.at(step)
  return { status: 'failed', step, ...(error ?? ownFailure(turn, step)) }
}

function ownFailure(turn: Turn, step: number): { code: RunFailureCode; message: string } {
  const { onFailure } = turn.planned(step)
  if (onFailure === undefined || canSendBack(turn, step)) {
    return { code: 'STEP_FAILED', message: `${turn.named(step)} failed` }
  }
  const times = `${turn.at(step).sentBack} of ${onFailure.max} times, and ${turn.sentBack} times in all`
  const message = `${turn.named(step)} failed, and the run cannot be sent back to ${turn.named(onFailure.to)} again: it was sent back ${times}`
  return { code: 'ROUNDS_EXHAUSTED', message }
}
