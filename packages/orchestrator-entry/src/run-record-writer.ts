import {
  type ErrorRecord,
  type JsonValue,
  RunExistsError,
  type RunRecord,
  type RunStatus,
  type RunStore,
} from '@mayfly/run-store'
import type { Outcome } from '@mayfly/supervisor'
import type { ExecutionPath } from './execution-path.ts'
import type { PreparedRun } from './prepare-run.ts'
import type { Redactor } from './redactor.ts'
import { endedSession } from './session-records.ts'
import type { StepExecution } from './step-executor.ts'

/** Accepts a run, or takes up one that was accepted before, and marks its first step as running. */
export const recordStart = async (
  store: RunStore,
  run: PreparedRun,
  path: ExecutionPath,
  runtime: string,
  redactor: Redactor,
  now: number,
): Promise<void> => {
  const decided = {
    status: 'running',
    startedAt: now,
    executionMode: path.executionMode,
    reason: path.reason,
    workflow: run.routing.workflow,
    workflowPath: run.routing.workflowPath,
    complexity: run.complexity,
    routing: { ...run.routing, classification: path.classification } as unknown as JsonValue,
    runtime,
  } as const
  const { runId, cwd, step, agent } = run
  const prompt = redactor.text(run.prompt)
  const known = run.mayExist ? await store.getRun(runId) : undefined
  // It is alive: what dead processes left behind has been marked when the store was opened.
  if (known?.status === 'running' || known?.status === 'queued') throw new RunExistsError(runId)
  if (known !== undefined)
    await store.updateRun(runId, { ...decided, endedAt: null, error: null, bootId: store.bootId })
  else await store.createRun({ runId, prompt, cwd, ...decided })
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
    sessions: outcome === null ? [] : [endedSession(outcome, runId, step.number, { createdAt: startedAt, endedAt })],
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

const runStatus = ({ result, outcome }: StepExecution): RunStatus => {
  if (result !== null) return 'completed'
  return outcome?.status === 'cancelled' ? cancelledStatus(outcome) : 'failed'
}

/** A person cancels; a process that ends interrupts what may be taken up again. */
const cancelledStatus = ({ cause }: Outcome): RunStatus => (cause === 'shutdown' ? 'interrupted' : 'cancelled')

/** The task's own error says more than the one that wraps it. */
const errorRecord = (thrown: unknown): ErrorRecord => {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const cause = error.cause instanceof Error ? error.cause : undefined
  return { name: cause?.name ?? error.name, message: error.message, code: codeOf(cause) ?? codeOf(error) ?? null }
}

const codeOf = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : undefined
}
