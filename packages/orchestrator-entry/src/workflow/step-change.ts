import type { StepChange } from '@mayfly/run-store'
import type { Change, PlannedStep } from '@mayfly/workflows'
import type { StoredWorkflow } from './stored-workflow.ts'

/** What the store keeps with a step of a whole run: the rest stands in the plan. */
export interface StoredTask {
  readonly version: 2
  /** Which of the step's agents, by its place among them. */
  readonly agent: number
}

/**
 * What the scheduler decided about a step, as the store writes it.
 * @param agent who works on it, or did; the first of its agents where nobody has yet
 */
export const toStepChange = (workflow: StoredWorkflow, change: Change, agent?: string): StepChange => {
  const planned = workflow.plan.steps[change.step] as PlannedStep
  const { position: step, number, name, agents } = planned
  const row = { step, number, name, agent: agent ?? agents[0] }
  switch (change.to) {
    case 'queued':
      return { status: 'queued', ...queuedStep(workflow, planned, change) }
    case 'pending':
      return { ...row, status: 'pending', round: change.round }
    case 'skipped':
      return { ...row, status: 'skipped', reason: change.reason }
    case 'waiting':
      return { ...row, status: 'waiting', reason: change.reason }
    case 'completed':
      return { ...row, status: 'completed' }
    case 'failed':
      return { ...row, status: 'failed', error: { name: 'StepError', ...change.error } }
  }
}

const queuedStep = (
  workflow: StoredWorkflow,
  planned: PlannedStep,
  { round, agent, feedback }: Extract<Change, { to: 'queued' }>,
) => {
  const route = workflow.routes[planned.position]
  const name = planned.agents[agent] ?? planned.agents[0]
  const task: StoredTask = { version: 2, agent }
  return {
    step: planned.position,
    number: planned.number,
    name: planned.name,
    agent: name,
    round,
    feedback,
    executionMode: route?.executionMode ?? 'legacy',
    reason: route?.reason ?? null,
    task: { ...task },
    repeatable: isRepeatable(workflow, planned, name),
    maxAttempts: workflow.attempts ?? planned.attempts ?? 1,
    memoryMb: route?.executionMode === 'worker' ? workflow.memoryMb : 0,
    concurrencyKey: workflow.concurrencyKey,
    priority: workflow.priority,
    deadlineAt: workflow.deadlineAt,
  }
}

/** The planner only reads; what a step says of itself is said of the agent that it names. */
const isRepeatable = (workflow: StoredWorkflow, planned: PlannedStep, agent: string): boolean => {
  const reference = workflow.agents[agent]
  const isPlanner = reference?.kind === 'builtin' && reference.name === 'planner'
  return workflow.repeatable ?? planned.repeatable ?? isPlanner
}

