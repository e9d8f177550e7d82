export interface ErrorReport {
  readonly name: string
  readonly code: string | null
  readonly message: string
  readonly exitCode: 1 | 2
}

/** What the caller can put right by asking differently. */
const USAGE_CODES = new Set([
  'ARTIFACT_FOLDER_UNSAFE',
  'AGENT_DEFINITION_INVALID',
  'AGENT_NOT_FOUND',
  'AGENT_OPTION_UNSUPPORTED',
  'AGENT_SELF',
  'AGENT_UNAVAILABLE',
  'BACKUP_EXISTS',
  'COMPLEXITY_OUT_OF_RANGE',
  'COMPLEXITY_UNKNOWN',
  'CONFIG_INVALID',
  'FOLDER_NOT_FOUND',
  'GATE_PATH_INVALID',
  'MODE_UNKNOWN',
  'NOTHING_TO_APPROVE',
  'PROMPT_INVALID',
  'RUN_EXISTS',
  'RUN_ID_INVALID',
  'RUN_NOT_FOUND',
  'SCHEMA_INVALID',
  'SCHEMA_NOT_FOUND',
  'SESSION_NOT_FOUND',
  'PROFILE_FILE_EXISTS',
  'PROFILE_FILE_UNWRITABLE',
  'RUN_NOT_REQUEUABLE',
  'SETTING_INVALID',
  'STORE_INPUT_INVALID',
  'STORE_MISSING',
  'TASK_EXCEEDS_BUDGET',
  'TASK_TEXT_INVALID',
  'WORKERS_DISABLED',
  'WORKSPACE_BUSY',
  'WORKTREE_TAKEN',
  'WORKTREE_UNAVAILABLE',
  'WORKFLOW_INPUT_INVALID',
  'WORKFLOW_INVALID',
  'WORKFLOW_NOT_FOUND',
  'WORKFLOW_SYNTAX',
  'WORKFLOW_TOO_LARGE',
  'WORKFLOW_UNKNOWN',
  'WORKFLOW_UNREADABLE',
])

/** The store does not know the command line. */
const adviceFor = (code: unknown): string =>
  code === 'WORKSPACE_BUSY' ? ' To wait: --wait. To work beside it: --worktree.' : ''

/** One line for people, the facts for programs. */
export const toErrorReport = (thrown: unknown): ErrorReport => {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const code = (error as { code?: unknown }).code
  return {
    name: error.name,
    code: typeof code === 'string' ? code : null,
    message: `${error.message}${adviceFor(code)}`,
    exitCode: typeof code === 'string' && USAGE_CODES.has(code) ? 2 : 1,
  }
}
