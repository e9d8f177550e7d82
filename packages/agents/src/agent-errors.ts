import type { AgentReport } from './agent-report.ts'

/** No agent is known under the name that was given, or its module file is not there. */
export class AgentNotFoundError extends Error {
  readonly code = 'AGENT_NOT_FOUND'
  override readonly name = 'AgentNotFoundError'
  readonly specifier: string

  constructor(specifier: string, reason: string) {
    super(`Agent ${JSON.stringify(specifier)} was not found: ${reason}`)
    this.specifier = specifier
  }
}

/** A client is known but not installed here, or its program cannot be run. */
export class AgentUnavailableError extends Error {
  readonly code = 'AGENT_UNAVAILABLE'
  override readonly name = 'AgentUnavailableError'
  readonly agent: string

  constructor(agent: string, reason: string) {
    super(`Agent ${JSON.stringify(agent)} is not available: ${reason}`)
    this.agent = agent
  }
}

/** The agent's module exists but cannot be used: it does not import, or its default export is not a function. */
export class AgentLoadError extends Error {
  readonly code = 'AGENT_LOAD_FAILED'
  override readonly name = 'AgentLoadError'
  readonly agent: string
  readonly url: string

  constructor(agent: string, url: string, reason: string, options?: ErrorOptions) {
    super(`Agent ${JSON.stringify(agent)} could not be loaded from ${url}: ${reason}`, options)
    this.agent = agent
    this.url = url
  }
}

/** What an agent returned cannot be carried as JSON. */
export class AgentResultError extends Error {
  readonly code = 'AGENT_RESULT_INVALID'
  override readonly name = 'AgentResultError'
  /** Where the value stands in what was returned; `$` is the returned value itself. */
  readonly path: string

  constructor(path: string, reason: string) {
    super(
      `The agent's result cannot be written as JSON: ${path} ${reason}. Return strings, numbers, lists and plain objects.`,
    )
    this.path = path
  }
}

/** The folder that an agent was pointed at is missing or is not a folder. */
export class AgentFolderError extends Error {
  readonly code = 'AGENT_FOLDER_UNUSABLE'
  override readonly name = 'AgentFolderError'
  readonly folder: string

  constructor(folder: string, reason: string, options?: ErrorOptions) {
    super(`The folder ${JSON.stringify(folder)} cannot be planned for: ${reason}`, options)
    this.folder = folder
  }
}

/** An artifact's name would leave the folder of artifacts, or is not usable as a file name. */
export class ArtifactNameError extends Error {
  readonly code = 'ARTIFACT_NAME_INVALID'
  override readonly name = 'ArtifactNameError'
  readonly artifact: string

  constructor(artifact: string) {
    super(
      `${JSON.stringify(artifact)} is not a name for an artifact: expected 1 to 200 letters, digits, ".", "_" or "-"`,
    )
    this.artifact = artifact
  }
}

/** An agent was asked for what it cannot do, or is described in a way that cannot be. Nothing was started. */
export class AgentOptionError extends Error {
  readonly code = 'AGENT_OPTION_UNSUPPORTED'
  override readonly name = 'AgentOptionError'
  readonly agent: string
  readonly option: string

  constructor(agent: string, option: string, reason: string) {
    super(`Agent ${JSON.stringify(agent)} cannot be run with this ${option}: ${reason}.`)
    this.agent = agent
    this.option = option
  }
}

/** Descriptions of agents do not have the form that they should have. */
export class AgentDefinitionError extends Error {
  readonly code = 'AGENT_DEFINITION_INVALID'
  override readonly name = 'AgentDefinitionError'

  constructor(source: string, problems: readonly string[]) {
    super(`The agents in ${source} cannot be used: ${problems.join('; ')}`)
  }
}

/** A client would run inside itself: its own runs would start further ones, each of them paid. Nothing was started. */
export class AgentInsideError extends Error {
  readonly code = 'AGENT_SELF'
  override readonly name = 'AgentInsideError'
  readonly agent: string
  /** What shows it. */
  readonly variable: string

  constructor(agent: string, client: string, variable: string) {
    super(
      `Agent ${JSON.stringify(agent)} is not started: this already runs inside ${client} (${variable} is set). Run it from a shell of your own, or choose another agent.`,
    )
    this.agent = agent
    this.variable = variable
  }
}

/** An agent's program could not be started. */
export class AgentStartError extends Error {
  readonly code = 'AGENT_START'
  override readonly name = 'AgentStartError'
  readonly agent: string
  readonly command: string

  constructor(agent: string, command: string, cwd: string, cause: Error) {
    super(`Agent ${JSON.stringify(agent)} could not be started: ${command} in ${cwd}: ${cause.message}`, { cause })
    this.agent = agent
    this.command = command
  }
}

/**
 * - `AGENT_CLIENT_ERROR`: it said itself that it failed.
 * - `AGENT_EXIT`: it ended with an exit code or by a signal that is no success.
 * - `AGENT_NO_RESULT`: it ended as if all was well, but without its last event.
 * - `AGENT_NO_ANSWER`: its answer is empty.
 * - `AGENT_IDLE`, `AGENT_TIMEOUT`: it was silent, or worked, for longer than its limits allow.
 * - `AGENT_LIMIT`: it used or printed more than its limits allow.
 * - `AGENT_PERMISSION`: it asked a person for leave, and nobody is there to give it.
 */
export type ClientFailureCode =
  | 'AGENT_CLIENT_ERROR'
  | 'AGENT_EXIT'
  | 'AGENT_NO_RESULT'
  | 'AGENT_NO_ANSWER'
  | 'AGENT_IDLE'
  | 'AGENT_TIMEOUT'
  | 'AGENT_LIMIT'
  | 'AGENT_PERMISSION'

/** A program that works as an agent has failed, or was ended because of its limits. */
export class ClientFailedError extends Error {
  override readonly name = 'ClientFailedError'
  readonly code: ClientFailureCode
  readonly agent: string
  /** Null when a signal ended it. */
  readonly exitCode: number | null
  readonly signal: string | null
  /** What it had used until then. */
  readonly report: AgentReport

  constructor(agent: string, failure: ClientFailure) {
    super(`Agent ${JSON.stringify(agent)} failed: ${failure.reason}`)
    this.code = failure.code
    this.agent = agent
    this.exitCode = failure.exitCode
    this.signal = failure.signal
    this.report = failure.report
  }
}

export interface ClientFailure {
  readonly code: ClientFailureCode
  readonly reason: string
  readonly exitCode: number | null
  readonly signal: string | null
  readonly report: AgentReport
}
