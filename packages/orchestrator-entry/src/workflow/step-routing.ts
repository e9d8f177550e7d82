import type { FlagEvaluation, ModeRequest } from '@mayfly/feature-flags'
import type { ObservationRecord } from '@mayfly/run-store'
import { chooseExecutionPath } from '../execution-path.ts'

/** Where one step of a whole run is executed, and why. */
export interface StepRoute {
  readonly executionMode: 'legacy' | 'worker'
  readonly reason: string
}

export interface StepToRoute {
  readonly name: string
  readonly description: string | undefined
  /** From 0 to 1. */
  readonly complexity: number
  /** How it went before, newest first. */
  readonly history: readonly ObservationRecord[]
}

/** A step that takes longer than this, in milliseconds, is worth a worker: its start is then below 0.1 % of it. */
const LONG_MS = 30_000

/** Fewer observations say nothing. */
const ENOUGH = 3

/** More than the latest of them are not looked at: agents and repositories change. */
export const HISTORY_LENGTH = 20

/**
 * What is known of a step beats what its words suggest: one that usually ran long gets a worker, one that never did runs in place.
 * Where little is known, its description and complexity decide, as for a prompt. Flag and mode come before both.
 * @throws WorkersDisabledError `WORKERS_DISABLED`
 */
export const routeStep = (flag: FlagEvaluation, mode: ModeRequest, step: StepToRoute): StepRoute => {
  const text = step.description === undefined ? step.name : `${step.name}: ${step.description}`
  const path = chooseExecutionPath(flag, mode, text, step.complexity)
  const isFree = mode === 'auto' && path.reason === path.classification.reason
  return (
    (isFree ? routeByHistory(step.history) : undefined) ?? { executionMode: path.executionMode, reason: path.reason }
  )
}

const routeByHistory = (history: readonly ObservationRecord[]): StepRoute | undefined => {
  const durations = history
    .slice(0, HISTORY_LENGTH)
    .filter(({ status }) => status === 'completed')
    .map(({ durationMs }) => durationMs)
    .sort((one, two) => one - two)
  const median = durations[Math.floor(durations.length / 2)]
  if (durations.length < ENOUGH || median === undefined) return undefined
  const isLong = median > LONG_MS
  const took = `its last ${durations.length} attempts took ${Math.round(median)} ms (median)`
  return { executionMode: isLong ? 'worker' : 'legacy', reason: `${isLong ? 'long' : 'short'}: ${took}` }
}

/** Whoever serves the queue executes everything in workers. */
export const inWorkerOfHost = (route: StepRoute): StepRoute =>
  route.executionMode === 'worker' ? route : { executionMode: 'worker', reason: DETACHED }

/** Why whatever is left to the queue has a worker. */
export const DETACHED = 'detached: executed in a worker of whichever process serves the queue'
