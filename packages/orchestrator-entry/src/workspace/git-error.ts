/** What git was asked to do, and what it said instead. */
export interface GitFailure {
  readonly args: readonly string[]
  readonly folder: string
  /** Null when it did not end by itself. */
  readonly exitCode: number | null
  readonly stderr: string
  readonly isTimedOut: boolean
}

/** git could not do what it was asked for, or was not done in time. */
export class GitError extends Error {
  override readonly name = 'GitError'
  readonly code = 'GIT_FAILED'
  readonly args: readonly string[]
  readonly folder: string
  readonly exitCode: number | null
  readonly stderr: string
  readonly isTimedOut: boolean

  constructor(failure: GitFailure, options?: ErrorOptions) {
    const end = failure.isTimedOut ? 'did not end in time' : `ended with ${failure.exitCode ?? 'a signal'}`
    super(`git ${failure.args.join(' ')} in ${failure.folder} ${end}: ${failure.stderr || 'it said nothing'}`, options)
    this.args = failure.args
    this.folder = failure.folder
    this.exitCode = failure.exitCode
    this.stderr = failure.stderr
    this.isTimedOut = failure.isTimedOut
  }
}
