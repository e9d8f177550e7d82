import type { StepChange } from '@mayfly/run-store'
import type { Change, PlannedStep } from '@mayfly/workflows'
import type { RunState } from './run-state.ts'
import { toStored } from './step-memory.ts'
import type { StoredWorkflow } from './stored-workflow.ts'

/** What the store keeps with a step of a whole run: the rest stands in the plan. */
export interface StoredTask {
  readonly version: 2
  /** Which of the step's agents, by its place among them. */
  readonly agent: number
}

/** What the scheduler decided about a step, as the store writes it. */
export const toStepChange = (workflow: StoredWorkflow, change: Change, state: RunState): StepChange => {
  const planned = workflow.plan.steps[change.step] as PlannedStep
  const { position: step, number, name, agents } = planned
  const { round, feedback } = change
  const memory = toStored(change, change.step in state.memory)
  const row = { step, number, name, agent: agents[change.agent] ?? agents[0], round, feedback, memory }
  switch (change.to) {
    case 'queued':
      return { ...row, status: 'queued', ...terms(workflow, planned, change.agent) }
    case 'failed':
      return { ...row, status: 'failed', error: { name: 'StepError', ...change.error } }
    case 'skipped':
    case 'waiting':
      return { ...row, status: change.to, reason: change.reason }
    case 'completed':
      return { ...row, status: 'completed', reason: 'a person has accepted what it has done' }
    default:
      return { ...row, status: change.to }
  }
}

const terms = (workflow: StoredWorkflow, planned: PlannedStep, agent: number) => {
  const route = workflow.routes[planned.position]
  const task: StoredTask = { version: 2, agent }
  return {
    executionMode: route?.executionMode ?? 'legacy',
    reason: route?.reason ?? null,
    task: { ...task },
    repeatable: isRepeatable(workflow, planned, planned.agents[agent] ?? planned.agents[0]),
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
