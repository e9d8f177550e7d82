import type { NewEvent } from './event-record.ts'
import type { JsonValue } from './json-value.ts'
import type { RunPatch, RunRecord } from './run-record.ts'
import type { RunUsage } from './run-usage.ts'
import type { StepChange } from './step-change.ts'
import type { StepMark, StepStatus } from './step-record.ts'

/**
 * Decides how a run goes on. Called inside the transaction that writes what it follows from, so that of several processes
 * that end steps of one run each sees what the others have written. Hence synchronous; and pure, for a transaction that the
 * disk refuses is made again. What it throws undoes the transaction.
 */
export type Follow = (view: RunView) => Following

export type StepCounts = Readonly<Partial<Record<StepStatus, number>>>

/** A run inside a transaction. What is costly is read when it is asked for. */
export interface RunView {
  /** Before its status followed from what was just written. */
  readonly run: RunRecord
  /** What the last `Following` left. */
  readonly state: JsonValue | null
  /** In the order of the workflow, the end that was just written included. */
  readonly steps: readonly StepMark[]
  /** One of them; undefined when there is none at this position. For a few, much cheaper than all where there are many. */
  readonly stepAt: (step: number) => StepMark | undefined
  /** How many there are of each status that any has: cheap, however many there are. */
  readonly counts: StepCounts
  /** The positions of those that have a status, in order. */
  readonly stepsThatAre: (status: StepStatus) => readonly number[]
  /** What a step made; `null` when there is no such step or it has made nothing. */
  readonly resultOf: (step: number) => JsonValue | null
  readonly usage: RunUsage
  /** Whole milliseconds since the epoch. */
  readonly at: number
  /** Then, and when the run has ended, steps are no longer queued. */
  readonly isCancelRequested: boolean
}

export interface Following {
  /** Steps that are at work must not be among them. Queued ones are left out when the run is to be cancelled or has ended. */
  readonly steps?: readonly StepChange[]
  /**
   * What else changes in the run. Its status follows from the steps unless given: `running` with an attempt at work, `queued`
   * with a step in the queue, `waiting` with a step that waits for somebody, else what the step came to. A run that has
   * ended keeps its status.
   */
  readonly run?: RunPatch
  /** Replaces the state. @default it stays */
  readonly state?: JsonValue
  /** Only this store may claim what is queued here. @default false */
  readonly hold?: boolean
  readonly events?: readonly NewEvent[]
}

export interface AdvanceOptions {
  /** Takes an ended run up again; its request to be cancelled is forgotten. @default false */
  readonly reopen?: boolean
}
