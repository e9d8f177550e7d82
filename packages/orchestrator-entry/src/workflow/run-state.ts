import type { JsonValue } from '@mayfly/run-store'
import { z } from 'zod'
import { type Budget, NO_BUDGET } from './budget.ts'

/** What the orchestrator keeps with a whole run while it goes on; written in the transactions that change its steps. */
export interface RunState {
  readonly budget: Budget
  /** By position: the round in which a person has approved the step. */
  readonly approvals: Readonly<Record<string, number>>
  /** Milliseconds in which the run did nothing but wait for a person, or stood still. */
  readonly idleMs: number
  /** Since when it does so, in milliseconds since the epoch; `null`: it does not. */
  readonly idleSince: number | null
}

const limit = z.number().nonnegative().nullable()

const schema = z.object({
  budget: z.object({ wallMs: limit, attempts: limit, tokens: limit, costUsd: limit }),
  approvals: z.record(z.string(), z.number()),
  idleMs: z.number().nonnegative(),
  idleSince: z.number().nullable(),
})

export const newRunState = (budget: Budget = NO_BUDGET): RunState => ({
  budget,
  approvals: {},
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
