/** What the attempts of a run have used, as far as it was reported. */
export interface RunUsage {
  /** All that were begun, of all steps. */
  readonly attempts: number
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly outputTokens: number
  readonly costUsd: number
  /**
   * Milliseconds in which nobody worked on it although a process had it: from when that one was last heard of until it was taken for
   * lost. Of runs with a state.
   */
  readonly unattendedMs: number
  /** How many attempts have ended without a word about their tokens. */
  readonly unreportedTokens: number
  /** Likewise about their cost. */
  readonly unreportedCost: number
}
