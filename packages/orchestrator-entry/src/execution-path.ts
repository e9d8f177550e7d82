import { type FlagEvaluation, type ModeRequest, resolveWorkers } from '@mayfly/feature-flags'
import { classifyTask, type TaskClassification } from '@mayfly/task-classifier'

export interface ExecutionPath {
  readonly executionMode: 'legacy' | 'worker'
  /** One sentence for the run record. */
  readonly reason: string
  /** The seed's line for the log. */
  readonly line: string
  readonly classification: TaskClassification
}

/**
 * The decision tree: workers enabled? → long-running? → worker path; otherwise legacy path. An explicit mode decides
 * without looking at the task.
 *
 * @throws WorkersDisabledError `WORKERS_DISABLED`; ComplexityOutOfRangeError `COMPLEXITY_OUT_OF_RANGE`
 */
export const chooseExecutionPath = (
  flag: FlagEvaluation,
  mode: ModeRequest,
  prompt: string,
  complexity: number,
): ExecutionPath => {
  const classification = classifyTask(prompt, complexity)
  const workers = resolveWorkers(flag, mode)
  if (!workers.enabled) {
    return {
      executionMode: 'legacy',
      reason: workers.reason,
      line:
        mode === 'legacy'
          ? 'Using legacy in-process execution (mode legacy)'
          : 'Using legacy in-process execution (worker pattern disabled)',
      classification,
    }
  }
  if (mode === 'worker') {
    return {
      executionMode: 'worker',
      reason: 'mode worker',
      line: 'Using worker pattern (mode worker)',
      classification,
    }
  }
  return classification.longRunning
    ? {
        executionMode: 'worker',
        reason: classification.reason,
        line: 'Using worker pattern for long-running task',
        classification,
      }
    : {
        executionMode: 'legacy',
        reason: classification.reason,
        line: 'Using legacy in-process execution (task is short-running)',
        classification,
      }
}
