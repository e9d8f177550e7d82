import type { Claim } from '@mayfly/run-store'
import type { PlannedStep } from '@mayfly/workflows'

/** How people see a step: `step 2 (Build it)`. */
export const nameStep = ({ number, name }: Pick<PlannedStep, 'number' | 'name'>): string => `step ${number} (${name})`

/** `Run r, step 2 (Build it): attempt 1`; of a run of a first step it goes without saying which. */
export const nameAttempt = ({ runId, task, stepRecord, attempt }: Claim): string =>
  `Run ${runId}${task === null ? '' : `, ${nameStep(stepRecord)}`}: attempt ${attempt}`
