import { describedValue } from './described-value.ts'

/** A task text that is not a string. */
export class TaskTextInvalidError extends TypeError {
  override readonly name = 'TaskTextInvalidError'
  readonly code = 'TASK_TEXT_INVALID'

  constructor(text: unknown) {
    super(`Expected the task text to be a string, got ${describedValue(text)}`)
  }
}
