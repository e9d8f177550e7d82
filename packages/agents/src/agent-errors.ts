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
