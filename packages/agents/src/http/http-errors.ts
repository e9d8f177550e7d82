/** The key for an endpoint is not in the environment, or cannot be one. */
export class AgentKeyMissingError extends Error {
  readonly code = 'AGENT_KEY_MISSING'
  override readonly name = 'AgentKeyMissingError'
  readonly agent: string
  /** Name of the environment variable. */
  readonly variable: string

  constructor(agent: string, variable: string, reason: string) {
    super(`Agent ${JSON.stringify(agent)} needs an API key in the environment variable ${variable}, which ${reason}`)
    this.agent = agent
    this.variable = variable
  }
}

/** The endpoint does not accept the key. */
export class AgentKeyRefusedError extends Error {
  readonly code = 'AGENT_KEY_REFUSED'
  override readonly name = 'AgentKeyRefusedError'
  readonly agent: string
  /** Null when none is sent. */
  readonly variable: string | null
  /** HTTP status: 401 or 403. */
  readonly status: number

  constructor(agent: string, variable: string | null, status: number, said: string) {
    const key = variable === null ? 'a request without a key' : `the key in ${variable}`
    super(`Agent ${JSON.stringify(agent)}: the endpoint refused ${key} with status ${status}: ${said}`)
    this.agent = agent
    this.variable = variable
    this.status = status
  }
}

/** What went wrong with a call: an error status, no connection, an answer that is none, or one that broke off. */
export type CallFailure = 'status' | 'connection' | 'unreadable' | 'unfinished'

/** The model gave no answer, also after the retries that are allowed. */
export class ModelCallError extends Error {
  readonly code = 'MODEL_CALL_FAILED'
  override readonly name = 'ModelCallError'
  readonly agent: string
  readonly failure: CallFailure
  /** HTTP status; null when there was none. */
  readonly status: number | null
  /** Whether trying again can help. */
  readonly isRetryable: boolean
  /** Milliseconds that the endpoint asked to wait; null when it did not. */
  readonly retryAfterMs: number | null
  /** How often it was tried. */
  readonly tries: number

  constructor(facts: Omit<ModelCallError, 'name' | 'message' | 'code' | 'stack' | 'cause'>, said: string) {
    const times = facts.tries === 1 ? 'once' : `${facts.tries} times`
    super(
      `Agent ${JSON.stringify(facts.agent)}: the model was called ${times} and did not answer (${facts.failure}): ${said}`,
    )
    this.agent = facts.agent
    this.failure = facts.failure
    this.status = facts.status
    this.isRetryable = facts.isRetryable
    this.retryAfterMs = facts.retryAfterMs
    this.tries = facts.tries
  }
}

/** A cost limit is set for a model whose price is not. */
export class CostUnknownError extends Error {
  readonly code = 'COST_UNKNOWN'
  override readonly name = 'CostUnknownError'
  readonly agent: string
  readonly model: string

  constructor(agent: string, model: string) {
    super(
      `Agent ${JSON.stringify(agent)} has a cost limit, but no price is set for ${model}: set price, or limit tokens`,
    )
    this.agent = agent
    this.model = model
  }
}

/** A limit on tokens or cost is set, and the endpoint does not say what it used. */
export class UsageUnknownError extends Error {
  readonly code = 'USAGE_UNKNOWN'
  override readonly name = 'UsageUnknownError'
  readonly agent: string

  constructor(agent: string) {
    super(
      `Agent ${JSON.stringify(agent)} has a limit on tokens or cost, but the endpoint reports no usage: limit steps or time`,
    )
    this.agent = agent
  }
}

/** A tool was pointed at something that is not the workspace's. The model is told, and may go on. */
export class PathRefusedError extends Error {
  readonly code = 'PATH_REFUSED'
  override readonly name = 'PathRefusedError'
  readonly path: string

  constructor(path: string, reason: string) {
    super(`${JSON.stringify(path)} ${reason}`)
    this.path = path
  }
}
