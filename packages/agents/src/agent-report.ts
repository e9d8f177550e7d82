/**
 * What an agent says of its own work, in one form whatever the client or the model. `null` is "was not reported", never 0.
 */
export interface AgentReport {
  /** The final answer. */
  readonly text: string | null
  /** The client's own name for its session, with which a later attempt can go on. */
  readonly sessionId: string | null
  /** The model that answered, as the client or the endpoint names it. */
  readonly model: string | null
  /** Tokens that were read for this attempt, **including** those that came from a cache. */
  readonly inputTokens: number | null
  /** How many of `inputTokens` came from a cache. */
  readonly cachedTokens: number | null
  readonly outputTokens: number | null
  /** US dollars, this attempt's only. */
  readonly costUsd: number | null
  /** As the agent measured it. */
  readonly durationMs: number | null
  readonly toolCalls: number | null
  readonly isError: boolean
}

/**
 * What the attempts before this one reported for the agent's own session: its id as the last of them named it (null when it
 * named none), and the sums over all of them that named this id. Some clients count on when a session is taken up again; what
 * was counted before is taken off with these.
 */
export interface PreviousReport {
  readonly sessionId: string | null
  readonly inputTokens: number | null
  readonly cachedTokens: number | null
  readonly outputTokens: number | null
  /** US dollars. */
  readonly costUsd: number | null
}

/** A report in which nothing was reported. */
export const emptyReport: AgentReport = {
  text: null,
  sessionId: null,
  model: null,
  inputTokens: null,
  cachedTokens: null,
  outputTokens: null,
  costUsd: null,
  durationMs: null,
  toolCalls: null,
  isError: false,
}
