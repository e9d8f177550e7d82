import type { ErrorRecord } from './error-record.ts'
import type { NewStep } from './queued-step.ts'

/**
 * A step that is queued, or one that comes to something without being queued. Of a step that is on record only the fields
 * given change.
 */
export type StepChange = QueuedChange | OtherChange

/** Begins anew: what an earlier attempt came to is cleared; attempts are counted on. */
export interface QueuedChange extends NewStep {
  readonly status: 'queued'
}

/**
 * `pending` clears what earlier attempts came to, with the checkpoint. `skipped`, `completed`, `failed` and `cancelled` have
 * ended now, unless they had ended before. Whatever of the step still waits in the queue is taken out of it.
 */
export interface OtherChange
  extends Pick<
    NewStep,
    'step' | 'name' | 'agent' | 'number' | 'round' | 'executionMode' | 'reason' | 'feedback' | 'task' | 'memory'
  > {
  readonly status: 'pending' | 'skipped' | 'waiting' | 'completed' | 'failed' | 'cancelled'
  readonly error?: ErrorRecord | null
}
