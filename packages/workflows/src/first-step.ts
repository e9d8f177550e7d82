import type { Workflow, WorkflowStep } from './workflow.ts'

/** The step that comes first: step 0, or else the one with the lowest number. */
export function firstStep(workflow: Workflow): WorkflowStep {
  // Numbers below 0 are refused when the file is parsed, so step 0 is the lowest wherever there is one.
  return workflow.steps.reduce((first, step) => (step.step < first.step ? step : first))
}
