import type { NewArtifact } from './artifact-record.ts'
import type { NewEvent } from './event-record.ts'
import type { ObservationRecord } from './observation-record.ts'
import type { RunPatch } from './run-record.ts'
import type { SessionRecord } from './session-record.ts'
import type { SavedStep } from './step-record.ts'

/** Everything that the end of a step changes: it is written as a whole or not at all. */
export interface StepEnd {
  readonly step: SavedStep
  /** What becomes of the run, usually `status`, `endedAt` and `error`. */
  readonly run: RunPatch
  readonly sessions?: readonly SessionRecord[]
  readonly artifacts: readonly NewArtifact[]
  readonly observation?: ObservationRecord
  readonly events?: readonly NewEvent[]
}
