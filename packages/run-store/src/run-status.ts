import type { RunStatus } from './run-record.ts'

/** A run that is `waiting` for somebody has not ended. */
export function hasEnded(status: RunStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled' || status === 'interrupted'
}
