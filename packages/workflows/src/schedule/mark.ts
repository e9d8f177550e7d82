/** Where a step stands. `interrupted` and `cancelled` come from outside: its process was lost, a person ended the run. */
export type MarkStatus =
  | 'pending'
  | 'queued'
  | 'running'
  | 'waiting'
  | 'completed'
  | 'failed'
  | 'skipped'
  | 'cancelled'
  | 'interrupted'

/** Why a step failed without having failed itself. */
export interface StepError {
  readonly code: 'CONDITION_FAILED' | 'APPROVAL_REJECTED'
  readonly message: string
}

/** What is to be kept of a step from one decision to the next, beside its status. Of most steps it stays as it starts. */
export interface StepMemory {
  /** How often it was sent back and is to begin anew, from 0. */
  readonly round: number
  /** Which of its agents has its turn: an index into `PlannedStep.agents`. */
  readonly agent: number
  /** Whether a person has agreed in this round. */
  readonly approved: boolean
  /** How often its own failures have sent the run back, from 0. */
  readonly sentBack: number
  /** The words with which this round of it began; null when there are none. */
  readonly feedback: string | null
  /** Why it failed, when it was not its own work that failed; else null. */
  readonly error: StepError | null
}

/** What the scheduler knows of one step of a run. */
export interface Mark extends StepMemory {
  /** The step's position. */
  readonly step: number
  readonly status: MarkStatus
}
