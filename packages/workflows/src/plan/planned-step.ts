import type { Condition } from './condition.ts'

/** Where a failed step sends the run back to. */
export interface OnFailure {
  /** The position of an earlier step. */
  readonly to: number
  /** How often at most. @default 1 */
  readonly max: number
}

/** What a finished step must have brought about before it counts as completed. */
export interface PlannedValidation {
  /** The path of a JSON Schema for the output, as written. */
  readonly schema?: string
  /** The path of the file in which the verdict is written, as written. */
  readonly gate?: string
  /** From 0 on; what `readScore` reads from the output must not be below it. */
  readonly minimumScore?: number
}

/** A step of a workflow, with everything that the file says about it worked out. */
export interface PlannedStep {
  /** Its place in the order of the file, from 0. It identifies the step in a run. */
  readonly position: number
  /** As the file numbers it: 0, 0.1, 1.5. */
  readonly number: number
  readonly name: string
  readonly description?: string
  /** The agent and, in the order in which they take over, its fallbacks. Each stands here once. */
  readonly agents: readonly [string, ...string[]]
  /**
   * The positions of the steps that must have ended before this one begins: the `needs` of the step, or else the step
   * that stands before it in the file.
   */
  readonly needs: readonly number[]
  /** As written, `(from step 0)` included. */
  readonly inputs: readonly string[]
  /** The paths, as written: with their placeholders. */
  readonly outputs: readonly string[]
  /** The outputs that have a name, with their paths. */
  readonly namedOutputs: Readonly<Record<string, string>>
  readonly condition?: Condition
  /** How many attempts each agent has in all; null when the file does not say. */
  readonly attempts: number | null
  /** Milliseconds before the second attempt; doubles from there. Null when the file does not say. */
  readonly backoffMs: number | null
  readonly onFailure?: OnFailure
  /** `before`: a person lets it begin. `after`: it has worked, and a person decides before what needs it begins. */
  readonly approval?: 'before' | 'after'
  readonly validation?: PlannedValidation
  readonly type?: string
  /** Whether the step may simply be done again when its process was lost half-way. */
  readonly repeatable?: boolean
  /** Milliseconds for one attempt. */
  readonly timeoutMs?: number
}
