import type { Outcome } from '@mayfly/supervisor'

/**
 * What an attempt failed of, as far as another one is concerned.
 * `shutdown`: its process was told to end. `cancelled`: somebody did not want it any more. `deadline`: no time is left.
 * `memory`: it reached a limit of its worker. `invalid`: what it was given or gave back is wrong, and will be again.
 * `budget`: its run has spent what it was allowed. `transient`: everything else may go better next time.
 */
export type ErrorClass = 'shutdown' | 'cancelled' | 'deadline' | 'memory' | 'invalid' | 'budget' | 'transient'

const MEMORY_CAUSES: ReadonlySet<string> = new Set(['heap_soft', 'heap_hard', 'external', 'rss'])

/** Codes of errors that say the same thing however often they are asked. */
const INVALID_CODES: ReadonlySet<string> = new Set([
  'AGENT_KEY_MISSING',
  'AGENT_LOAD_FAILED',
  'AGENT_NOT_FOUND',
  'AGENT_OPTION_UNSUPPORTED',
  'AGENT_PERMISSION',
  'AGENT_RESULT_INVALID',
  'AGENT_SELF',
  'AGENT_UNAVAILABLE',
  'ARTIFACT_FOLDER_MISSING',
  'ARTIFACT_FOLDER_UNSAFE',
  'ARTIFACT_NAME_INVALID',
  'CONTEXT_TOO_LARGE',
  'COST_UNKNOWN',
  'GATE_PATH_INVALID',
  'HANDLER_INVALID',
  'OPTIONS_INVALID',
  'REQUEST_INVALID',
  'SCHEMA_INVALID',
  'STEP_RESULT_INVALID',
  'TASK_EXCEEDS_BUDGET',
  'VALUE_TOO_LARGE',
  'ERR_ACCESS_DENIED',
  'ERR_DLOPEN_DISABLED',
  'ERR_MODULE_NOT_FOUND',
])

const INVALID_NAMES: ReadonlySet<string> = new Set(['SyntaxError', 'ZodError', 'ValidationError'])

export const isMemoryCause = (cause: string | null): boolean => cause !== null && MEMORY_CAUSES.has(cause)

/** @param error as it was recorded; a code beats its name. */
export const classifyEnd = (
  outcome: Pick<Outcome, 'cause'> | null,
  error: { readonly name: string; readonly code: string | null } | null,
): ErrorClass => {
  const cause = outcome?.cause
  if (error?.code === 'BUDGET_EXHAUSTED') return 'budget'
  if (cause === 'shutdown' || error?.code === 'SUPERVISOR_CLOSED' || error?.code === 'ORCHESTRATOR_CLOSED')
    return 'shutdown'
  if (cause === 'user') return 'cancelled'
  if (cause === 'deadline' || error?.code === 'DEADLINE_EXCEEDED') return 'deadline'
  if (cause !== undefined && isMemoryCause(cause)) return 'memory'
  const isInvalid = INVALID_CODES.has(error?.code ?? '') || INVALID_NAMES.has(error?.name ?? '')
  // What was refused before it began is refused again.
  return isInvalid || outcome === null ? 'invalid' : 'transient'
}
