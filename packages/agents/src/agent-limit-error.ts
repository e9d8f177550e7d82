/** What can be exceeded; the names are those of the options. */
export type LimitName =
  | 'startTimeoutMs'
  | 'idleTimeoutMs'
  | 'timeoutMs'
  | 'maxTokens'
  | 'maxCostUsd'
  | 'maxOutputBytes'
  | 'maxAnswerBytes'
  | 'maxSteps'

/** As for clients: silence, time, and everything else that is counted. */
export type LimitCode = 'AGENT_IDLE' | 'AGENT_TIMEOUT' | 'AGENT_LIMIT'

/** An attempt took more than it was allowed to, and was ended. */
export class AgentLimitError extends Error {
  readonly code: LimitCode
  override readonly name = 'AgentLimitError'
  readonly agent: string
  readonly limit: LimitName
  /** In the unit of the option. */
  readonly allowed: number

  constructor(agent: string, limit: LimitName, allowed: number, happened: string) {
    super(
      `Agent ${JSON.stringify(agent)} was ended: ${happened} (limit ${limit}: ${allowed}). Raise it for longer work.`,
    )
    this.code = codeOf(limit)
    this.agent = agent
    this.limit = limit
    this.allowed = allowed
  }
}

function codeOf(limit: LimitName): LimitCode {
  if (limit === 'timeoutMs') return 'AGENT_TIMEOUT'
  return limit === 'startTimeoutMs' || limit === 'idleTimeoutMs' ? 'AGENT_IDLE' : 'AGENT_LIMIT'
}
