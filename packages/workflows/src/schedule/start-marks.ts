import type { WorkflowPlan } from '../plan/workflow-plan.ts'
import type { Mark, StepMemory } from './mark.ts'

/** What is remembered of a step of which nothing is remembered. */
export const blankMemory: StepMemory = {
  ...{ round: 0, agent: 0, approved: false, sentBack: 0, feedback: null, error: null },
}

/** The marks of a run that has not begun: every step is pending. They go to `schedule` with the event `start`. */
export function startMarks(plan: WorkflowPlan): Mark[] {
  return plan.steps.map(({ position }) => ({ step: position, status: 'pending', ...blankMemory }))
}
