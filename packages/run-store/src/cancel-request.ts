import type { AttemptReference } from './claim.ts'
import type { RunRecord } from './run-record.ts'

/** An attempt of this store whose run is to be cancelled. */
export interface CancelRequest extends AttemptReference {
  readonly reason: string
  /** Whole milliseconds since the epoch. */
  readonly requestedAt: number
}

/** `cancelled`: nothing of it ran, so it has ended. `requested`: its owner will hear of it. `ended`: it had ended before. */
export interface CancelAnswer {
  readonly answer: 'cancelled' | 'requested' | 'ended'
  readonly run: RunRecord
}
