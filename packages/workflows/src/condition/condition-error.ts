/** A condition that could not be answered with yes or no when its step's turn came. */
export class ConditionError extends Error {
  override readonly name = 'ConditionError'
  readonly code = 'CONDITION_FAILED'
  readonly condition: string

  constructor(condition: string, why: string, options?: ErrorOptions) {
    super(`The condition ${JSON.stringify(condition)} cannot be answered: ${why}`, options)
    this.condition = condition
  }
}
