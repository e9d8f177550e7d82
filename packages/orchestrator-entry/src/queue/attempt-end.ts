import type { AttemptEnd, Claim, ExecutionMode, JsonValue, SessionEnd } from '@mayfly/run-store'
import type { Outcome } from '@mayfly/supervisor'
import { errorRecord } from '../error-record.ts'
import type { Redactor } from '../redactor.ts'
import { runStatus } from '../run-record-writer.ts'
import type { StepExecution } from '../step-executor.ts'
import { classifyEnd } from './error-class.ts'
import { decideRetry, type FailedAttempt, type RetryDecision } from './retry-decision.ts'

export interface EndedAttempt {
  readonly claim: Claim
  readonly execution: StepExecution
  readonly executionMode: ExecutionMode
  readonly backoffMs: number
  /** Whether the queue is to have back what the end of this process cuts short. */
  readonly handsBack: boolean
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly endedAt: number
}

/** `undefined` for an attempt that has completed. */
export const decideFor = (ended: EndedAttempt, random: () => number = Math.random): RetryDecision | undefined => {
  const { claim, execution, endedAt } = ended
  if (execution.result !== null) return undefined
  const { outcome, error } = execution
  const failed: FailedAttempt = {
    errorClass: classifyEnd(outcome, error === null ? null : errorRecord(error)),
    isolation: outcome?.isolation ?? null,
    attempt: claim.attempt,
    maxAttempts: claim.maxAttempts,
    deadlineAt: claim.deadlineAt,
    backoffMs: ended.backoffMs,
    repeatable: claim.repeatable,
    handsBack: ended.handsBack,
  }
  return decideRetry(failed, endedAt, random)
}

/** All that the end of an attempt changes, for one transaction. */
export const attemptEnd = (
  ended: EndedAttempt,
  decision: RetryDecision | undefined,
  redactor: Redactor,
): AttemptEnd => {
  const { claim, execution, executionMode, handsBack, startedAt, endedAt } = ended
  const { result, outcome, artifacts } = execution
  const { runId, step, attempt, run, stepRecord } = claim
  const status = runStatus(execution)
  const error = execution.error === null ? null : redactor.json(errorRecord(execution.error))
  const data = { step, attempt, text: decision?.because ?? '' }
  return {
    session: { ...sessionEnd(outcome, status), endedAt },
    step: { status, result: redactor.json(result) as unknown as JsonValue, error },
    ...(decision != null &&
      decision.notBefore !== null && { retry: { notBefore: decision.notBefore, hold: !handsBack } }),
    ...(run.executionMode !== executionMode && { run: { executionMode } }),
    artifacts: artifacts.map((artifact) => ({ createdAt: endedAt, ...artifact })),
    observation: {
      workflow: run.workflow ?? '',
      agent: stepRecord.agent,
      executionMode,
      status,
      durationMs: outcome?.ranMs ?? endedAt - startedAt,
      peakHeapMb: outcome?.peakHeapMb ?? null,
      at: endedAt,
    },
    events: decision === undefined ? [] : [{ runId, sessionId: claim.sessionId, type: 'retry', data }],
  }
}

const sessionEnd = (outcome: Outcome | null, status: string): SessionEnd => {
  // Refused before anything of it ran.
  if (outcome === null) return { status: status === 'cancelled' ? 'cancelled' : 'failed', cause: 'error' }
  const { wedged: _wedged, sessionId: _sessionId, attempt: _attempt, ...figures } = outcome
  return figures
}
