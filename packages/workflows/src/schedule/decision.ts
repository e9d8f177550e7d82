import type { Change } from './change.ts'

/** Why a run failed. The last two are in the error of the step too. */
export type RunFailureCode = 'STEP_FAILED' | 'ROUNDS_EXHAUSTED' | 'CONDITION_FAILED' | 'APPROVAL_REJECTED'

/** How the run stands once the changes are written. */
export type RunStanding =
  /** Something is queued or runs; its end is the next event. */
  | { readonly status: 'going' }
  /** Nothing goes on until a person has decided about these steps. */
  | { readonly status: 'waiting'; readonly steps: readonly number[] }
  | { readonly status: 'completed' }
  | { readonly status: 'failed'; readonly step: number; readonly code: RunFailureCode; readonly message: string }
  /** These steps were interrupted or cancelled. Nothing goes on until the run is resumed. */
  | { readonly status: 'stopped'; readonly steps: readonly number[] }

export interface Decision {
  /** By position; steps that stay as they are have none. */
  readonly changes: readonly Change[]
  readonly run: RunStanding
  /** How often the steps have sent the run back, all together: what `StepMarks.sentBack` is from now on. */
  readonly sentBack: number
}
