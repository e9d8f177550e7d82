import type { PlannedInput } from './planned-input.ts'
import type { PlannedStep } from './planned-step.ts'

/** Something in a workflow file that is accepted and still worth a word, such as a condition in prose. */
export interface PlanNote {
  /** The position of the step that it is about; null for the workflow itself. */
  readonly step: number | null
  /** Where in the document, such as `steps[2].condition`. */
  readonly path: string
  readonly message: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
}

/** A workflow, ready to be carried out. Plain JSON, so that a run keeps the plan that it was accepted with. */
export interface WorkflowPlan {
  readonly version: 1
  readonly name: string
  /** In the order of the file; never empty. The needs of the steps have no cycle. */
  readonly steps: readonly PlannedStep[]
  readonly inputs: readonly PlannedInput[]
  readonly notes: readonly PlanNote[]
}
