import {
  type JsonValue,
  RunExistsError,
  type RunPatch,
  type RunRecord,
  type RunStatus,
  type RunStore,
} from '@mayfly/run-store'
import type { Outcome } from '@mayfly/supervisor'
import { codeOf, errorRecord } from './error-record.ts'
import type { ExecutionPath } from './execution-path.ts'
import type { PreparedRun, RoutedRun } from './prepare-run.ts'
import type { Redactor } from './redactor.ts'
import { endedSession } from './session-records.ts'
import type { StepExecution } from './step-executor.ts'

type Decisions = Required<
  Pick<RunPatch, 'executionMode' | 'reason' | 'workflow' | 'workflowPath' | 'complexity' | 'routing' | 'runtime'>
>

/** What was decided about a run before anything of it began. @param agents why each of them was chosen, by its name */
export const decisions = (
  run: RoutedRun,
  path: ExecutionPath,
  runtime: string,
  agents: Readonly<Record<string, string>>,
): Decisions => ({
  executionMode: path.executionMode,
  reason: path.reason,
  workflow: run.routing.workflow,
  workflowPath: run.routing.workflowPath,
  complexity: run.complexity,
  routing: { ...run.routing, classification: path.classification, agents } as unknown as JsonValue,
  runtime,
})

/** Takes up a run that was written past the queue, and marks its first step as running. */
export const recordStart = async (
  store: RunStore,
  run: PreparedRun,
  path: ExecutionPath,
  runtime: string,
  now: number,
): Promise<void> => {
  const agents = { [run.step.agent]: run.agentReason }
  const decided = { ...decisions(run, path, runtime, agents), status: 'running', startedAt: now } as const
  const { runId, step, agent } = run
  const known = await store.getRun(runId)
  // It is alive: what dead processes left behind has been marked when the store was opened.
  if (known?.status === 'running' || known?.status === 'queued') throw new RunExistsError(runId)
  await store.updateRun(runId, { ...decided, endedAt: null, error: null, bootId: store.bootId })
  await store.saveStep({
    runId,
    step: step.number,
    name: step.name,
    agent: agent.name,
    status: 'running',
    startedAt: now,
    endedAt: null,
    result: null,
    error: null,
  })
}

/** Writes how the step and with it the run ended: one transaction. */
export const recordEnd = async (
  store: RunStore,
  run: PreparedRun,
  path: ExecutionPath,
  execution: StepExecution,
  redactor: Redactor,
  times: { startedAt: number; endedAt: number },
): Promise<RunRecord> => {
  const { runId, step, agent, routing } = run
  const { result, outcome, artifacts } = execution
  const status = runStatus(execution)
  const error = execution.error === null ? null : redactor.json(errorRecord(execution.error))
  const { startedAt, endedAt } = times
  await store.finishStep({
    step: {
      runId,
      step: step.number,
      name: step.name,
      agent: agent.name,
      status,
      startedAt,
      endedAt,
      result: redactor.json(result) as unknown as JsonValue,
      error,
    },
    run: { status, endedAt, error },
    sessions:
      outcome === null
        ? []
        : [endedSession(outcome, runId, step.number, { createdAt: startedAt, endedAt }, result?.report)],
    artifacts: artifacts.map((artifact) => ({ runId, step: step.number, createdAt: endedAt, ...artifact })),
    observation: {
      runId,
      workflow: routing.workflow,
      step: step.number,
      agent: agent.name,
      executionMode: path.executionMode,
      status,
      durationMs: outcome?.ranMs ?? endedAt - startedAt,
      peakHeapMb: outcome?.peakHeapMb ?? null,
      at: endedAt,
    },
  })
  const record = await store.getRun(runId)
  if (record === undefined) throw new Error(`Run ${runId} is gone from the store while it ran`)
  return record
}

/** What a step and its run come to. */
type EndStatus = Exclude<RunStatus, 'queued' | 'running'>

export const runStatus = ({ result, outcome, error }: StepExecution): EndStatus => {
  if (result !== null) return 'completed'
  // It came too late to be begun.
  if (['SUPERVISOR_CLOSED', 'ORCHESTRATOR_CLOSED'].includes(codeOf(error) ?? '')) return 'interrupted'
  // It was cancelled by the run's own limit, not by somebody.
  if (codeOf(error) === 'BUDGET_EXHAUSTED') return 'failed'
  return outcome?.status === 'cancelled' ? cancelledStatus(outcome) : 'failed'
}

/** A person cancels; a process that ends interrupts what may be taken up again. */
const cancelledStatus = ({ cause }: Outcome): EndStatus => (cause === 'shutdown' ? 'interrupted' : 'cancelled')
