import type { Workflow } from '../workflow.ts'
import type { PlanReport } from './plan-report.ts'
import type { StepIndex } from './step-index.ts'
import type { StepOrder } from './step-order.ts'

/** What the parts of a step are checked against. */
export interface PlanScope {
  readonly workflow: Workflow
  readonly index: StepIndex
  readonly order: StepOrder
  readonly inputNames: ReadonlySet<string>
  readonly report: PlanReport
}
