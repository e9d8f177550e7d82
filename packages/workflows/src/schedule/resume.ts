import { awaitApproval, beginAll } from './begin.ts'
import { joinedWords } from './joined-words.ts'
import { renewStale } from './renew.ts'
import type { Turn } from './turn.ts'

/** Takes up what was broken off or has failed. What is completed, skipped or waiting stays so. */
export function resume(turn: Turn): void {
  for (const step of turn.topology.order) reopen(turn, step)
  renewStale(turn)
  beginAll(turn, turn.topology.order)
}

function reopen(turn: Turn, step: number): void {
  const { status } = turn.at(step)
  if (status === 'completed' && !turn.isDone(step)) awaitApproval(turn, step)
  else if (status === 'cancelled') reopenCancelled(turn, step)
  else if (status === 'failed') reopenFailed(turn, step)
  // Whether it is to run was decided before it began; it goes on with the agent that had it.
  else if (status === 'interrupted') turn.put(step, { to: 'queued' })
}

/** All its agents have failed, so the first has its turn again. A person who said no is asked again. */
function reopenFailed(turn: Turn, step: number): void {
  const { feedback, error } = turn.at(step)
  const asBefore = { agent: 0, error: null }
  if (error?.code !== 'APPROVAL_REJECTED') return turn.put(step, { to: 'pending' }, asBefore)
  const told = joinedWords(feedback, error.message)
  turn.put(step, { to: 'pending' }, { ...asBefore, feedback: told })
}

/** Whether it had begun cannot be told, so its condition is asked again. It may have been stale. */
function reopenCancelled(turn: Turn, step: number): void {
  turn.put(step, { to: 'pending' }, turn.areNeedsDone(step) ? {} : { agent: 0, approved: false })
}
