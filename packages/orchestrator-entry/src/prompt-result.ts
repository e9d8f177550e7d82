import type { RunRecord, StepRecord } from '@mayfly/run-store'
import type { ArtifactReference, Outcome } from '@mayfly/supervisor'
import type { RoutingResult } from '@mayfly/workflows'
import type { StepResult } from './step-task.ts'

/** What became of a prompt. */
export interface PromptResult {
  readonly runId: string
  readonly routing: RoutingResult
  /** Null when the step did not complete. */
  readonly step0Result: StepResult | null
  readonly runRecord: RunRecord
  readonly executionMode: 'legacy' | 'worker'
  /** How the session ended; null when none was started. */
  readonly outcome: Outcome | null
  /** Of a run with all its steps; of any other only its first. */
  readonly steps: readonly StepRecord[]
  /** Everything that was written, also by a step that failed. */
  readonly artifacts: readonly ArtifactReference[]
}
