import type { Plan } from '../plan.ts'

/** What a context is assembled from. */
export interface ContextRequest {
  /** What a person asked for. */
  readonly task: string
  readonly step: ContextStep
  /** What a later step, or a person, sent this one back with. @default none */
  readonly feedback?: string | null
  /** The planner's, parsed. @default none */
  readonly plan?: Pick<Plan, 'files'> | null
  /** Artifacts of earlier steps, the more important first. Declared ones come before the others, whatever their order here. */
  readonly inputs: readonly ContextInput[]
  /** The folder to work in; absolute. */
  readonly cwd: string
  /** Estimated tokens that the text may have. */
  readonly budgetTokens: number
}

export interface ContextStep {
  /** As the workflow writes it, such as 0 or 1.5. */
  readonly number: number
  readonly name: string
  readonly description?: string
}

/** An artifact of an earlier step. */
export interface ContextInput {
  readonly name: string
  /** Absolute. */
  readonly path: string
  /** The number of the step that made it. */
  readonly fromStep: number
  /** Bytes, as recorded. */
  readonly size: number
  /** Whether the step names it among its inputs. */
  readonly isDeclared: boolean
}
