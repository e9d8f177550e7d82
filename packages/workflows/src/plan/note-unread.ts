import type { Workflow, WorkflowStep } from '../workflow.ts'
import { hasNeeds } from './plan-needs.ts'
import type { PlanReport } from './plan-report.ts'

/** Keys of a step that mean something elsewhere, and what to write here. */
const unread: Readonly<Record<string, string>> = {
  depends_on: 'is not read: write needs',
  dependsOn: 'is not read: write needs',
  dependencies: 'is not read: write needs',
  parallel: 'is not read: steps that do not need each other run at one time, so write needs',
  iterations: 'is not read: write on_failure',
}

/** Notes what an author may take to have an effect: keys of other systems, and numbers that are not in order. */
export function noteUnread(workflow: Workflow, report: PlanReport): void {
  if (workflow['iteration'] !== undefined) report.note(['iteration'], 'is not read: write on_failure')
  let highest = -1
  for (const [position, step] of workflow.steps.entries()) {
    noteKeys(step, position, report)
    if (step.step < highest && !hasNeeds(step))
      report.note(
        ['steps', position, 'step'],
        `comes after step ${highest}: the order of the file counts, not the numbers`,
      )
    highest = Math.max(highest, step.step)
  }
}

function noteKeys(step: WorkflowStep, position: number, report: PlanReport): void {
  for (const [key, why] of Object.entries(unread)) {
    if (step[key] !== undefined && step[key] !== false) report.note(['steps', position, key], why)
  }
}
