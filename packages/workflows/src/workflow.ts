/** What decides whether a step's outputs are accepted. Keys beyond these are kept. */
export interface StepValidation {
  /** The path of a JSON schema for the outputs. */
  readonly schema?: string
  /** The path of the file in which the verdict is written. */
  readonly gate?: string
  readonly [key: string]: unknown
}

/** One unit of a workflow, done by one agent. Keys that Mayfly does not know are kept as they stand in the file. */
export interface WorkflowStep {
  /** From 0 on, unique in its workflow; fractions such as 0.1 and 1.5 stand between whole numbers. */
  readonly step: number
  readonly name: string
  readonly agent: string
  readonly description?: string
  /** As written, `(from step 0)` included. */
  readonly inputs: readonly string[]
  /** The paths, `{{workflow_id}}` included: of `reasoning: why.json` only `why.json`. */
  readonly outputs: readonly string[]
  /** The outputs that have a name: `reasoning: why.json` is here under `reasoning`. */
  readonly namedOutputs: Readonly<Record<string, string>>
  readonly type?: string
  readonly condition?: string | boolean
  readonly validation?: StepValidation
  /** As written; `stepRetry` reads it. */
  readonly retry?: unknown
  /** Whether the step may simply be done again when its process was lost half-way. */
  readonly repeatable?: boolean
  readonly [key: string]: unknown
}

/** A workflow file, checked. Keys that Mayfly does not know are kept as they stand in the file. */
export interface Workflow {
  readonly name: string
  readonly description?: string
  /** The file that it was read from. */
  readonly path: string
  /** In the order of the file; never empty. */
  readonly steps: readonly WorkflowStep[]
  readonly retry_config?: unknown
  readonly fallback_agents?: unknown
  readonly workflow_inputs?: unknown
  /** When the router picks this workflow. */
  readonly routing?: WorkflowRouting
  readonly [key: string]: unknown
}

/** How much work a prompt or a workflow is. */
export type ComplexityLabel = 'low' | 'medium' | 'high'

/** What a workflow file says about the prompts that it is for. */
export interface WorkflowRouting {
  /** Words and phrases in their base form. */
  readonly keywords: readonly string[]
  /** Decides between workflows that match equally well; the higher one wins. @default 0 */
  readonly priority: number
  /** What a prompt for this workflow usually is. @default 'medium' */
  readonly complexity: ComplexityLabel
}
