import type { TaskError } from '../errors.ts'
import type { ResolvedHandler } from '../handler.ts'
import type { Assignment } from '../messages/messages.ts'
import type { QueuePlace } from '../queue/task-queue.ts'
import type { Permissions } from '../tiers/permissions.ts'
import type { Transferable } from '../tiers/transport.ts'
import type { IsolationRequest, Outcome } from './outcome.ts'

/** Times are milliseconds, memory is MB. */
export interface SessionLimits {
  readonly heapLimitMb: number
  readonly externalLimitMb: number
  readonly timeoutMs: number
  readonly deadlineMs: number | undefined
  readonly queueTimeoutMs: number | undefined
  readonly startupTimeoutMs: number
  readonly heartbeatTimeoutMs: number | undefined
  readonly graceMs: number
  readonly exitTimeoutMs: number
}

/** Its place in the queue, apart from when it came. */
export type Queueing = Omit<QueuePlace, 'since'>

export interface SessionTask {
  readonly sessionId: string
  readonly handler: ResolvedHandler
  readonly input: unknown
  readonly transferList: readonly Transferable[]
  readonly environment: Readonly<Record<string, string>>
  readonly isolation: IsolationRequest
  readonly permissions: Permissions | undefined
  readonly artifactFolder: string | null
  readonly attempt: number
  readonly lastCheckpoint: unknown
  /** Whether its chunks are read. */
  readonly isStreamed: boolean
  /** MB; a larger result is written to an artifact. */
  readonly resultLimitMb: number
  readonly limits: SessionLimits
  readonly queueing: Queueing
}

/** What its worker is told of it. */
export const assignmentOf = (task: SessionTask): Assignment => {
  const { sessionId, artifactFolder, attempt, isStreamed, resultLimitMb, input, lastCheckpoint } = task
  return {
    sessionId,
    artifactFolder,
    attempt,
    isStreamed,
    resultLimitMb,
    ...(input !== undefined && { input }),
    ...(lastCheckpoint !== undefined && { lastCheckpoint }),
  }
}

export type Settlement =
  | { readonly ok: true; readonly value: unknown; readonly outcome: Outcome }
  | { readonly ok: false; readonly error: TaskError; readonly outcome: Outcome }
