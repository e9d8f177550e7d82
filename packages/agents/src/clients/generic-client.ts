/** A client that is told of by configuration: how it is called and what its events mean. Plain data. */
export interface GenericClient {
  /**
   * Arguments after the executable. `{{prompt}}`, `{{prompt_file}}`, `{{model}}`, `{{session}}`, `{{cwd}}` and `{{run_id}}`
   * are filled in.
   */
  readonly arguments: readonly string[]
  /** Added when the client's own session is taken up again. @default it cannot be taken up */
  readonly resumeArguments?: readonly string[]
  /** Added by permission. A permission that is missing is refused. */
  readonly permissionArguments: Readonly<Partial<Record<'read' | 'edit' | 'full', readonly string[]>>>
  /** Added when a model is asked for. @default a model is refused */
  readonly modelArguments?: readonly string[]
  /** How it gets the prompt. @default 'stdin' */
  readonly prompt?: 'stdin' | 'file' | 'argument'
  /** Names of environment variables that it gets beside the usual ones. Their values are kept out of every record. */
  readonly environment?: readonly string[]
  readonly events: GenericEvents
}

/** Which events mean what. A path is dotted: `part.tokens.input`. */
export interface GenericEvents {
  /** The event after which nothing more of importance comes. Without it an exit is never a success. */
  readonly result: EventMatch
  /** Set in the result event when the work has failed. */
  readonly error?: EventMatch
  /** An event that asks a person for leave. */
  readonly permission?: EventMatch
  /** A tool call; counted. */
  readonly tool?: EventMatch & { readonly name?: string }
  /** Where the answer stands. `append`: it comes in pieces. @default the last one counts */
  readonly text: EventMatch & { readonly path: string; readonly append?: boolean }
  /** Dotted paths, looked for in every event. */
  readonly sessionId?: string
  readonly model?: string
  /** Where usage stands. `sum`: of every event that has it; else the last one counts. */
  readonly usage?: GenericUsage
  /** Where the message of a failure stands. */
  readonly message?: string
}

/** Matches an event in which each path has the value that is given. */
export interface EventMatch {
  readonly where: Readonly<Record<string, string | number | boolean | null>>
}

export interface GenericUsage {
  readonly inputTokens?: string
  readonly cachedTokens?: string
  readonly outputTokens?: string
  readonly costUsd?: string
  readonly durationMs?: string
  /** Whether `inputTokens` holds what came from a cache. @default true */
  readonly inputIncludesCached?: boolean
  /** @default false */
  readonly sum?: boolean
  /** Whether tokens and cost count on when a session is taken up again. @default false */
  readonly cumulative?: boolean
}
