import type { Workflow } from '../workflow.ts'
import type { PlanReport } from './plan-report.ts'
import type { PlannedInput } from './planned-input.ts'
import type { StepIndex } from './step-index.ts'
import type { StepOrder } from './step-order.ts'

/** What the parts of a step are checked against. */
export interface PlanScope {
  readonly workflow: Workflow
  readonly index: StepIndex
  readonly order: StepOrder
  readonly inputs: readonly PlannedInput[]
  readonly report: PlanReport
}
