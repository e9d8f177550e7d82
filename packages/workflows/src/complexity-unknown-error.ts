/** A complexity label that does not exist. */
export class ComplexityUnknownError extends Error {
  override readonly name = 'ComplexityUnknownError'
  readonly code = 'COMPLEXITY_UNKNOWN'

  constructor(label: unknown) {
    super(`Expected complexity "high", "medium" or "low", got ${JSON.stringify(String(label))}`)
  }
}
