/** What must stand whole in a context does not fit its budget. */
export class ContextTooLargeError extends Error {
  readonly code = 'CONTEXT_TOO_LARGE'
  override readonly name = 'ContextTooLargeError'
  readonly budgetTokens: number
  /** Estimated tokens of task, step and feedback with what frames them. */
  readonly neededTokens: number

  constructor(budgetTokens: number, neededTokens: number) {
    super(
      `Task, step and feedback need an estimated ${neededTokens} tokens, expected at most ${budgetTokens}. ` +
        'Raise the budget of the context or shorten the prompt.',
    )
    this.budgetTokens = budgetTokens
    this.neededTokens = neededTokens
  }
}

/** The budget is not a whole number of tokens. */
export class ContextBudgetError extends Error {
  readonly code = 'CONTEXT_BUDGET_INVALID'
  override readonly name = 'ContextBudgetError'

  constructor(given: unknown) {
    super(`Expected the budget of a context as a whole number of tokens above 0, got ${String(given)}.`)
  }
}
