import type { Outcome, OutcomeStatus } from './session/outcome.ts'

export type SupervisorErrorCode =
  | 'SUPERVISOR_CLOSED'
  | 'SUPERVISOR_UNSUPPORTED_PLATFORM'
  | 'OPTIONS_INVALID'
  | 'HANDLER_INVALID'
  | 'QUEUE_FULL'
  | 'TASK_EXCEEDS_BUDGET'
  | 'SESSION_UNKNOWN'
  | 'JOURNAL_FAILED'
  | 'SPARE_FAILED'

/** The supervisor refused something; nothing was started. Tell cases apart by `code`. */
export class SupervisorError extends Error {
  override readonly name = 'SupervisorError'
  readonly code: SupervisorErrorCode

  constructor(code: SupervisorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

export type TaskErrorCode = 'TASK_FAILED' | 'TASK_CANCELLED' | 'TASK_TIMED_OUT' | 'TASK_LOST'

const codeOfStatus: Record<Exclude<OutcomeStatus, 'completed'>, TaskErrorCode> = {
  failed: 'TASK_FAILED',
  cancelled: 'TASK_CANCELLED',
  timed_out: 'TASK_TIMED_OUT',
  lost: 'TASK_LOST',
}

/** A task did not complete. `outcome` says how it ended, `cause` is the task's own error where it threw one. */
export class TaskError extends Error {
  override readonly name = 'TaskError'
  readonly code: TaskErrorCode
  readonly outcome: Outcome

  constructor(message: string, outcome: Outcome, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = outcome.status === 'completed' ? 'TASK_FAILED' : codeOfStatus[outcome.status]
    this.outcome = outcome
  }
}

export const journalFailed = (cause: unknown): SupervisorError =>
  new SupervisorError(
    'JOURNAL_FAILED',
    `The task could not be written to the journal, so it was not started: ${String(cause)}`,
    { cause },
  )
