import type { WorkflowPlan } from '../plan/workflow-plan.ts'

/**
 * `SCHEDULE_EVENT_IMPOSSIBLE`: the step is not where the event says, such as an approval of one that does not wait.
 * `SCHEDULE_MARKS_INVALID`: there is not one mark for each step of the plan, by position.
 * `SCHEDULE_PLAN_INVALID`: a step would have to wait for itself or for one that is not there.
 */
export type ScheduleErrorCode = 'SCHEDULE_EVENT_IMPOSSIBLE' | 'SCHEDULE_MARKS_INVALID' | 'SCHEDULE_PLAN_INVALID'

/** Nothing was decided: what was given does not fit together. */
export class ScheduleError extends Error {
  override readonly name: string = 'ScheduleError'
  readonly code: ScheduleErrorCode
  /** The position of the step; null when it is about none. */
  readonly step: number | null

  constructor(code: ScheduleErrorCode, step: number | null, message: string) {
    super(message)
    this.code = code
    this.step = step
  }
}

export function misplaced(step: number | null, { name, steps }: WorkflowPlan): ScheduleError {
  const where = step === null ? '' : `, and got another at ${step}`
  const message = `expected one mark for each of the ${steps.length} steps of ${name}, by position${where}`
  return new ScheduleError('SCHEDULE_MARKS_INVALID', step, message)
}
