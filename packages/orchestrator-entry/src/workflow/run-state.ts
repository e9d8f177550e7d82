import type { JsonValue } from '@mayfly/run-store'
import {
  type Change,
  type Mark,
  type MarkStatus,
  type StepMemory,
  startMarks,
  type WorkflowPlan,
} from '@mayfly/workflows'
import { z } from 'zod'
import { type Budget, NO_BUDGET, type SpentBudget } from './budget.ts'

/** What the orchestrator keeps with a whole run while it goes on; written in the transactions that change its steps. */
export interface RunState {
  readonly budget: Budget
  /** By position: what the scheduler has to remember of a step, where it is not what it begins with. */
  readonly memory: Readonly<Record<string, StepMemory>>
  /** The limit that the run has reached: nothing begins until it is taken up with more. */
  readonly spent: SpentBudget | null
  /** Milliseconds in which the run did nothing but wait for a person, or stood still. */
  readonly idleMs: number
  /** Since when it does so, in milliseconds since the epoch; `null`: it does not. */
  readonly idleSince: number | null
}

const limit = z.number().nonnegative().nullable()

const memory = z.object({
  round: z.number(),
  agent: z.number(),
  approved: z.boolean(),
  sentBack: z.number(),
  feedback: z.string().nullable(),
  error: z.object({ code: z.enum(['CONDITION_FAILED', 'APPROVAL_REJECTED']), message: z.string() }).nullable(),
})

const schema = z.object({
  budget: z.object({ wallMs: limit, attempts: limit, tokens: limit, costUsd: limit }),
  memory: z.record(z.string(), memory),
  spent: z
    .object({ name: z.enum(['wallMs', 'attempts', 'tokens', 'costUsd']), limit: z.number(), spent: z.number() })
    .nullable(),
  idleMs: z.number().nonnegative(),
  idleSince: z.number().nullable(),
})

export const newRunState = (budget: Budget = NO_BUDGET): RunState => ({
  budget,
  memory: {},
  spent: null,
  idleMs: 0,
  idleSince: null,
})

/** @throws ZodError when another program has written it. */
export const parseRunState = (stored: JsonValue | null): RunState =>
  stored === null ? newRunState() : schema.parse(stored)

/** Milliseconds that the run has been at work, or has waited for room, at `now`. */
export const elapsedMs = ({ idleMs, idleSince }: RunState, acceptedAt: number, now: number): number =>
  Math.max(0, now - acceptedAt - idleMs - (idleSince === null ? 0 : now - idleSince))

export const beginIdle = (state: RunState, now: number): RunState =>
  state.idleSince === null ? { ...state, idleSince: now } : state

export const endIdle = (state: RunState, now: number): RunState =>
  state.idleSince === null
    ? state
    : { ...state, idleMs: state.idleMs + Math.max(0, now - state.idleSince), idleSince: null }

/** What the scheduler sees of a run's steps. */
export const marksOf = (plan: WorkflowPlan, { memory }: RunState, statuses: readonly MarkStatus[]): readonly Mark[] => {
  const blank = blankMemoryOf(plan)
  return statuses.map((status, step) => ({ ...(memory[step] ?? blank), step, status }))
}

/** Keeps of a decision what has to be remembered. */
export const remember = (state: RunState, plan: WorkflowPlan, changes: readonly Change[]): RunState => {
  if (changes.length === 0) return state
  const blank = JSON.stringify(blankMemoryOf(plan))
  const memory = { ...state.memory }
  for (const { step, round, agent, approved, sentBack, feedback, error } of changes) {
    const kept: StepMemory = { round, agent, approved, sentBack, feedback, error }
    if (JSON.stringify(kept) === blank) delete memory[step]
    else memory[step] = kept
  }
  return { ...state, memory }
}

const blankMemoryOf = (plan: WorkflowPlan): StepMemory => {
  const [first] = startMarks({ ...plan, steps: plan.steps.slice(0, 1) })
  const { step: _step, status: _status, ...blank } = first as Mark
  return blank
}
