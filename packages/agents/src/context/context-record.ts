/** What a context holds and what it does not, for the record. */
export interface ContextRecord {
  readonly budgetTokens: number
  /** Estimated tokens of the whole text; at most the budget. */
  readonly tokens: number
  /** In the order of the text. */
  readonly parts: readonly ContextPart[]
}

export interface ContextPart {
  /** `input` is an artifact that the step declares, `artifact` any other. */
  readonly kind: 'task' | 'step' | 'feedback' | 'input' | 'plan' | 'artifact'
  readonly name: string
  /** The number of the step that made it; null for what no step made. */
  readonly fromStep: number | null
  /** `named`: only its name, size and path stand in the text. */
  readonly state: 'whole' | 'cut' | 'named' | 'left_out'
  /** Estimated tokens it takes up. */
  readonly tokens: number
  /** How much of it stands in the text: bytes, or files in the case of the plan. */
  readonly included: number
  /** How much there is of it, in the same unit. */
  readonly total: number
  /** Why it is whole, cut, named or left out. */
  readonly reason: string
}

/** The text for an agent, and the record of what it was made of. */
export interface AssembledContext {
  readonly text: string
  readonly record: ContextRecord
}
