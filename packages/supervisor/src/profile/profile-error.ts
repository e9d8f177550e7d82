export type ProfileErrorCode =
  /** This worker, or this Node, cannot be profiled. */
  | 'PROFILE_UNSUPPORTED'
  /** It has no worker: it waits, or it has ended, maybe meanwhile. */
  | 'PROFILE_NO_WORKER'
  /** Another profile of the same worker is being made. */
  | 'PROFILE_BUSY'
  /** The worker did not answer: a native call holds it. */
  | 'PROFILE_NO_ANSWER'
  /** A heap snapshot would take more memory than the machine has left. */
  | 'PROFILE_NO_MEMORY'
  /** What came is no profile. */
  | 'PROFILE_FAILED'
  /** Nothing is overwritten. */
  | 'PROFILE_FILE_EXISTS'
  | 'PROFILE_FILE_UNWRITABLE'
  | 'PROFILE_CANCELLED'

/** No profile was written. Tell cases apart by `code`. */
export class ProfileError extends Error {
  override readonly name = 'ProfileError'
  readonly code: ProfileErrorCode

  constructor(code: ProfileErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
