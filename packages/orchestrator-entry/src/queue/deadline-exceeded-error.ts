/** All attempts together have taken too long. */
export class DeadlineExceededError extends Error {
  override readonly name = 'DeadlineExceededError'
  readonly code = 'DEADLINE_EXCEEDED'

  /** @param deadlineAt milliseconds since the epoch. */
  constructor(deadlineAt: number) {
    super(`The deadline of ${new Date(deadlineAt).toISOString()} has passed before another attempt could begin.`)
  }
}
