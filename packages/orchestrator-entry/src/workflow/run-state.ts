import type { JsonValue } from '@mayfly/run-store'
import type { StepMemory } from '@mayfly/workflows'
import { z } from 'zod'
import { type Budget, NO_BUDGET, type SpentBudget } from './budget.ts'
import { stepMemory } from './step-memory.ts'

/** What the orchestrator keeps with a whole run while it goes on; written in the transactions that change its steps. */
export interface RunState {
  readonly budget: Budget
  /** How often its steps have sent the run back, all together. */
  readonly sentBack: number
  /**
   * By position: what the scheduler remembers of steps, of a run that was begun by a release which kept it here. What stands in
   * the row of a step counts before it.
   */
  readonly memory: Readonly<Record<string, StepMemory>>
  /** The limit that the run has reached: nothing begins until it is taken up with more. */
  readonly spent: SpentBudget | null
  /** Milliseconds in which the run did nothing but wait for a person, or stood still. */
  readonly idleMs: number
  /** Since when it does so, in milliseconds since the epoch; `null`: it does not. */
  readonly idleSince: number | null
}

const limit = z.number().nonnegative().nullable()

const schema = z.object({
  budget: z.object({ wallMs: limit, attempts: limit, tokens: limit, costUsd: limit }),
  memory: z.record(z.string(), stepMemory),
  sentBack: z.number().optional(),
  spent: z
    .object({ name: z.enum(['wallMs', 'attempts', 'tokens', 'costUsd']), limit: z.number(), spent: z.number() })
    .nullable(),
  idleMs: z.number().nonnegative(),
  idleSince: z.number().nullable(),
})

export const newRunState = (budget: Budget = NO_BUDGET): RunState => ({
  budget,
  sentBack: 0,
  memory: {},
  spent: null,
  idleMs: 0,
  idleSince: null,
})

/** @throws ZodError when another program has written it. */
export const parseRunState = (stored: JsonValue | null): RunState => {
  if (stored === null) return newRunState()
  const state = schema.parse(stored)
  return { ...state, sentBack: state.sentBack ?? sentBackIn(state.memory) }
}

const sentBackIn = (memory: RunState['memory']): number =>
  Object.values(memory).reduce((sum, { sentBack }) => sum + sentBack, 0)

/** Milliseconds that the run has been at work, or has waited for room, at `now`. @param unattendedMs when its process was gone */
export const elapsedMs = (
  { idleMs, idleSince }: RunState,
  acceptedAt: number,
  now: number,
  unattendedMs: number,
): number => Math.max(0, now - acceptedAt - idleMs - unattendedMs - (idleSince === null ? 0 : now - idleSince))

export const beginIdle = (state: RunState, now: number): RunState =>
  state.idleSince === null ? { ...state, idleSince: now } : state

export const endIdle = (state: RunState, now: number): RunState =>
  state.idleSince === null
    ? state
    : { ...state, idleMs: state.idleMs + Math.max(0, now - state.idleSince), idleSince: null }
