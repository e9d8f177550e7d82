import type { Resize } from '../elastic/size-controller.ts'
import type { SupervisorErrorCode } from '../errors.ts'
import type { Isolation, Outcome } from '../session/outcome.ts'

/* What is published on `node:diagnostics_channel`, by name of the channel. Times are milliseconds. A message belongs to whoever reads it. */

interface OfSupervisor {
  /** Which supervisor of this process: `supervisor.id`. */
  readonly supervisorId: string
}

export interface TaskMessage extends OfSupervisor {
  readonly sessionId: string
  /** `module#export`. */
  readonly handler: string
  readonly attempt: number
}

export interface WorkerMessage extends OfSupervisor {
  readonly workerId: string
  /** Null for a worker that no task has yet. */
  readonly sessionId: string | null
  readonly isolation: Isolation
  /** Of a worker that is a process of its own; null for any other, and before it is started. */
  readonly pid: number | null
}

export interface QueueMessage extends OfSupervisor {
  readonly sessionId: string
  /** Tasks that wait now. */
  readonly length: number
}

export interface SpareMessage extends OfSupervisor {
  readonly workerId: string
  readonly handler: string
  readonly isolation: Isolation
}

/** Channel names, and what their subscribers get. */
export interface DiagnosticsMessages {
  /** Accepted: it has a session. */
  readonly 'mayfly:task:submitted': TaskMessage
  /** Not accepted, or not on record: it has no outcome. */
  readonly 'mayfly:task:refused': OfSupervisor & {
    readonly sessionId: string
    readonly code: SupervisorErrorCode
    readonly error: Error
  }
  /** It has a worker. */
  readonly 'mayfly:task:started': TaskMessage & {
    readonly workerId: string
    readonly isolation: Isolation
    readonly fromSpare: boolean
  }
  /** Its first line runs. */
  readonly 'mayfly:task:running': TaskMessage
  /** Its outcome is known; its worker may live a little longer. */
  readonly 'mayfly:task:settled': TaskMessage & { readonly outcome: Outcome; readonly error: Error | null }
  /** Nothing of it is left. */
  readonly 'mayfly:task:ended': TaskMessage
  readonly 'mayfly:worker:created': WorkerMessage
  /** Its module is imported. */
  readonly 'mayfly:worker:ready': WorkerMessage
  /** Told to end, or ended from outside. */
  readonly 'mayfly:worker:stopping': WorkerMessage
  /** It cannot be ended, and keeps its slot and its memory. */
  readonly 'mayfly:worker:wedged': WorkerMessage
  readonly 'mayfly:worker:ended': WorkerMessage
  readonly 'mayfly:queue:enqueued': QueueMessage
  readonly 'mayfly:queue:dequeued': QueueMessage & { readonly waitedMs: number }
  /** A task that comes now would have to wait. */
  readonly 'mayfly:queue:needs-drain': OfSupervisor
  /** After that: one that comes now would start at once. */
  readonly 'mayfly:queue:drain': OfSupervisor
  /** Nothing runs and nothing waits. */
  readonly 'mayfly:queue:idle': OfSupervisor
  /** Another number of workers may run at one time from now on. */
  readonly 'mayfly:queue:resize': OfSupervisor & Resize
  readonly 'mayfly:spare:ready': SpareMessage
  /** Its one task has come. */
  readonly 'mayfly:spare:taken': SpareMessage & { readonly sessionId: string }
  /** It came to nothing. */
  readonly 'mayfly:spare:failed': SpareMessage & { readonly error: Error }
  /** Gone without a task. */
  readonly 'mayfly:spare:ended': SpareMessage
}

export type DiagnosticsChannelName = keyof DiagnosticsMessages
