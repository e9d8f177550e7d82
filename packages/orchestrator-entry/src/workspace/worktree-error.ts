/**
 * `WORKTREE_UNAVAILABLE`: no worktree can be made of this folder. `WORKTREE_TAKEN`: its branch or its place belongs to something else.
 * `WORKTREE_UNKNOWN`: the run has none. `WORKTREE_UNMERGED`: removing it would lose work.
 */
export type WorktreeErrorCode = 'WORKTREE_UNAVAILABLE' | 'WORKTREE_TAKEN' | 'WORKTREE_UNKNOWN' | 'WORKTREE_UNMERGED'

/** A git worktree cannot be had, or cannot be given up. Tell cases apart by `code`. */
export class WorktreeError extends Error {
  override readonly name = 'WorktreeError'
  readonly code: WorktreeErrorCode
  /** The run's, or the folder's in the case of `WORKTREE_UNAVAILABLE`. */
  readonly subject: string

  constructor(code: WorktreeErrorCode, subject: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.subject = subject
  }
}
