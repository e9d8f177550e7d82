import type { AttemptEnd, Claim, ExecutionMode, JsonValue, SessionEnd } from '@mayfly/run-store'
import type { Outcome } from '@mayfly/supervisor'
import { errorRecord } from '../error-record.ts'
import type { Redactor } from '../redactor.ts'
import { runStatus } from '../run-record-writer.ts'
import { reportedUsage } from '../session-records.ts'
import type { StepExecution } from '../step-executor.ts'
import type { StepReport } from '../step-task.ts'
import { isOwnArtifact } from '../workflow/own-artifacts.ts'
import { classifyEnd } from './error-class.ts'
import { decideRetry, type FailedAttempt, type RetryDecision } from './retry-decision.ts'

export interface EndedAttempt {
  readonly claim: Claim
  readonly execution: StepExecution
  readonly executionMode: ExecutionMode
  readonly backoffMs: number
  /** Whether the queue is to have back what the end of this process cuts short. */
  readonly handsBack: boolean
  /** Of a run with all its steps: one that has had a worker keeps that as its mode. */
  readonly isWhole: boolean
  /** What its agent last said of itself. */
  readonly report: Partial<StepReport> | undefined
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

/** Another attempt would be worth it, but the run may not spend more. */
export const refuseRetry = (wanted: RetryDecision): RetryDecision =>
  wanted.notBefore === null ? wanted : { notBefore: null, because: 'not tried again: the budget of its run is spent' }

/** All that the end of an attempt changes, for one transaction. */
export const attemptEnd = (
  ended: EndedAttempt,
  decision: RetryDecision | undefined,
  redactor: Redactor,
  /** Of earlier attempts, under the names that they have from now on. */
  earlier: NonNullable<AttemptEnd['artifacts']> = [],
): AttemptEnd => {
  const { claim, execution, executionMode, handsBack, isWhole, startedAt, endedAt } = ended
  const { result, rejected = null, outcome, artifacts } = execution
  const { runId, step, attempt, run, stepRecord } = claim
  const status = runStatus(execution)
  const error = execution.error === null ? null : redactor.json(errorRecord(execution.error))
  const data = { step, attempt, text: decision?.because ?? '' }
  return {
    session: { ...sessionEnd(outcome, status), ...sessionUsage(ended), endedAt },
    step: { status, result: redactor.json(result ?? rejected) as unknown as JsonValue, error },
    ...(decision != null &&
      decision.notBefore !== null && { retry: { notBefore: decision.notBefore, hold: !handsBack } }),
    ...(run.executionMode !== executionMode && (!isWhole || executionMode === 'worker') && { run: { executionMode } }),
    artifacts: [
      ...earlier,
      ...artifacts.map((artifact) => ({ createdAt: endedAt, ...artifact, isInternal: isOwnArtifact(artifact.name) })),
    ],
    observation: {
      workflow: run.workflow ?? '',
      agent: (result ?? rejected)?.agent ?? stepRecord.agent,
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

/** What was not reported stays as the attempt noted it, or unknown. */
const sessionUsage = ({ report, execution }: EndedAttempt): Partial<SessionEnd> =>
  reportedUsage({ ...report, ...(execution.result ?? execution.rejected)?.report })
