import type { FlagEvaluation } from './flag-evaluation.ts'
import { ModeUnknownError } from './mode-unknown-error.ts'
import { WorkersDisabledError } from './workers-disabled-error.ts'

/** How a call wants its task executed: as the flag says, in this process, or in a worker. */
export type ModeRequest = 'auto' | 'legacy' | 'worker'

/** Whether this call may use workers, and why. */
export interface WorkersDecision {
  readonly enabled: boolean
  readonly reason: string
}

/**
 * Joins the flag with the mode that a call asked for: `legacy` is always granted, `auto` follows the flag,
 * `worker` turns workers on for this call unless somebody turned them off.
 *
 * @throws {WorkersDisabledError} mode `worker` while the flag is explicitly off, or unreadable (WORKERS_DISABLED)
 * @throws {ModeUnknownError} a mode that does not exist (MODE_UNKNOWN)
 */
export function resolveWorkers(evaluation: FlagEvaluation, mode: ModeRequest): WorkersDecision {
  switch (mode) {
    case 'legacy':
      return { enabled: false, reason: 'mode legacy: the task runs in this process' }
    case 'auto':
      return { enabled: evaluation.value, reason: evaluation.reason }
    case 'worker':
      return forceWorkers(evaluation)
    default:
      throw new ModeUnknownError(mode)
  }
}

function forceWorkers(evaluation: FlagEvaluation): WorkersDecision {
  if (evaluation.value) return { enabled: true, reason: evaluation.reason }
  if (evaluation.explicit) throw new WorkersDisabledError(evaluation)
  return { enabled: true, reason: 'mode worker turns workers on for this call: USE_WORKERS is not set' }
}
