import type { JsonValue, RunRecord, RunStore, SessionRecord } from '@mayfly/run-store'
import type { Outcome } from '@mayfly/supervisor'
import type { RoutingResult } from '@mayfly/workflows'
import type { PromptResult } from '../prompt-result.ts'
import type { StepExecution } from '../step-executor.ts'
import type { StepResult } from '../step-task.ts'

/** What became of a run, as the store has it: also for one that another process has executed. */
export const storedResult = async (
  store: RunStore,
  run: RunRecord,
  execution: StepExecution | undefined,
): Promise<PromptResult> => {
  const { runId } = run
  const common = {
    runId,
    routing: routingOf(run.routing),
    runRecord: run,
    executionMode: run.executionMode ?? 'legacy',
  } as const
  const steps = await store.listSteps(runId)
  if (execution !== undefined) {
    const { result, outcome, artifacts } = execution
    return { ...common, steps, step0Result: result, outcome, artifacts }
  }
  const [step] = steps
  const session = (await store.listSessions(runId)).at(-1)
  const artifacts = await store.listArtifacts(runId)
  return {
    ...common,
    steps,
    step0Result: (step?.result ?? null) as unknown as StepResult | null,
    outcome: session === undefined ? null : outcomeOf(session),
    artifacts: artifacts.map(({ name, path, size, sha256 }) => ({ name, path, size, sha256 })),
  }
}

/** It was written with its classification and the choice of agents, which are no part of it. */
const routingOf = (stored: JsonValue | null): RoutingResult => {
  const { classification: _classification, agents: _agents, ...routing } = (stored ?? {}) as Record<string, JsonValue>
  return routing as unknown as RoutingResult
}

/** Null for a session that has not ended by its own supervisor: nobody has seen how. */
const outcomeOf = (session: SessionRecord): Outcome | null => {
  const { runId: _runId, step: _step, createdAt: _createdAt, endedAt, ...figures } = session
  if (endedAt === null || figures.status === 'interrupted' || figures.phase === null) return null
  return { ...figures, wedged: false } as Outcome
}
