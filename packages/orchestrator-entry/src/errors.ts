import type { PromptResult } from './prompt-result.ts'

export type UsageErrorCode =
  | 'ARTIFACT_FOLDER_UNSAFE'
  | 'PROMPT_INVALID'
  | 'FOLDER_NOT_FOUND'
  | 'SETTING_INVALID'
  | 'CONFIG_INVALID'
  | 'ORCHESTRATOR_CLOSED'
  | 'SESSION_NOT_FOUND'
  | 'NOTHING_TO_APPROVE'
  | 'REQUEST_INVALID'
  | 'SCHEMA_INVALID'
  | 'SCHEMA_NOT_FOUND'
  | 'STORE_MISSING'

/** What was asked for cannot be done as it was asked; nothing was started. Tell cases apart by `code`. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly code: UsageErrorCode

  constructor(code: UsageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** A run was accepted and did not complete; `result` is its record, `cause` the error of its step. */
export class RunFailedError extends Error {
  override readonly name = 'RunFailedError'
  readonly code = 'RUN_FAILED'
  readonly result: PromptResult

  constructor(message: string, result: PromptResult, cause: unknown) {
    super(message, { cause })
    this.result = result
  }
}
