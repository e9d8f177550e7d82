import type { StepExecution } from '../step-executor.ts'
import type { StepCheck } from '../step-task.ts'

/** A step did its work, and the work is not what its workflow asks for. */
export class StepRejectedError extends Error {
  override readonly name = 'StepRejectedError'
  readonly code = 'STEP_REJECTED'
  readonly checks: readonly StepCheck[]

  constructor(checks: readonly StepCheck[]) {
    const problems = checks.flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}`))
    const hidden = problems.length - MOST_SHOWN
    super(
      `What the step made was not accepted: ${problems.slice(0, MOST_SHOWN).join('; ')}${hidden > 0 ? `; and ${hidden} more` : ''}`,
    )
    this.checks = checks
  }
}

const MOST_SHOWN = 10

/** A result with a check that has not passed is none; it is kept for whoever has to do it again. */
export const rejectFailedChecks = (execution: StepExecution): StepExecution => {
  const { result } = execution
  const failed = result?.checks?.filter(({ passed }) => !passed) ?? []
  if (failed.length === 0) return execution
  return { ...execution, result: null, rejected: result, error: new StepRejectedError(failed) }
}
