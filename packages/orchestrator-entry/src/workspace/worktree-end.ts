/** Why the work of a run was left on its branch. */
export type LeftReason =
  /** It was asked for. */
  | 'asked'
  /** The run began from no branch. */
  | 'detached'
  /** The branch that the run began from is gone, or is not the one that the main tree has. */
  | 'branch-elsewhere'
  /** The main tree has changes that are in no commit. */
  | 'main-changed'
  /** Both sides have changed the same. */
  | 'conflict'
  /** git would not bring the merge into the main tree, such as for an untracked file in its way. */
  | 'refused'
  /** The run has left a merge half done, or another branch checked out; nothing was committed for it. */
  | 'unfinished'
  /** The run has made repositories inside of the worktree, whose content a commit does not hold. */
  | 'embedded'

/** How the work of a run in its worktree ended. The worktree itself stays until it is removed. */
export type WorktreeEnd =
  | { readonly outcome: 'unchanged'; readonly message: string }
  | {
      readonly outcome: 'merged'
      /** What the run has made; `into` holds it. */
      readonly commit: string
      /** The branch, such as `main`. */
      readonly into: string
      readonly files: number
      readonly message: string
    }
  | {
      readonly outcome: 'left'
      readonly reason: LeftReason
      readonly commit: string
      /** The branch that holds it. */
      readonly branch: string
      readonly files: number
      /** Paths that both sides have changed; only for `conflict`. */
      readonly conflicts: readonly string[]
      readonly commands: GoOnCommands
      /** What happened, why, and the commands with which to go on. */
      readonly message: string
    }

/** Each can be pasted into a shell as it is. */
export interface GoOnCommands {
  readonly look: string
  readonly merge: string
  /** Also after a merge by hand: removes the worktree, its branch and its record. */
  readonly remove: string
}
