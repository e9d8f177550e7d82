import type { JsonValue } from '../plan/json-value.ts'
import type { ComplexityLabel } from '../workflow.ts'
import type { ExpressionNames } from './expression-names.ts'

/** The facts about a run: `run.prompt`. */
export const runFields = ['id', 'prompt', 'complexity', 'complexity_score', 'workflow'] as const

/** The facts about a step: `steps['Review'].status`. */
export const stepFields = ['status', 'output', 'score', 'round'] as const

/** A step, as a condition sees it. */
export interface StepFacts {
  /** `completed`, `skipped`, `failed` … */
  readonly status: string
  /** What the step resulted in; null when it has not, or was skipped. */
  readonly output: JsonValue
  /** The score that its output was given, where it is asked for one. */
  readonly score: number | null
  /** How often it was sent back and begun anew. */
  readonly round: number
}

/** What a condition is asked over. */
export interface ConditionFacts {
  readonly run: {
    readonly id: string
    readonly prompt: string
    /** From 0 to 1. `run.complexity` is its label, `run.complexity_score` the number. */
    readonly complexity: number
    readonly workflow: string
  }
  /** As `resolveInputs` gave them. */
  readonly inputs: Readonly<Record<string, JsonValue>>
  /** Each step under its name and under its number as text. Only those that a condition names are read: they may be getters. */
  readonly steps: Readonly<Record<string, StepFacts>>
}

/**
 * The facts under the names that an expression uses. Maps, because a step or an input may be called `constructor`, by
 * which the library tells an object's type.
 */
export function namedFacts({ run, inputs, steps }: ConditionFacts, names: ExpressionNames): Record<string, unknown> {
  const isWhole = names.whole.has('steps') || names.whole.has('outputs')
  const keys = isWhole ? Object.keys(steps) : names.accesses.map(({ key }) => key)
  const known = new Map(keys.filter((key) => Object.hasOwn(steps, key)).map((key) => [key, steps[key]]))
  return {
    run: { ...run, complexity: complexityLabel(run.complexity), complexity_score: run.complexity },
    inputs: new Map(Object.entries(inputs)),
    steps: known,
    outputs: new Map(Array.from(known, ([key, step]) => [key, step?.output ?? null])),
  }
}

/** The label that is nearest: low is 0.3, medium 0.5, high 0.8. */
function complexityLabel(score: number): ComplexityLabel {
  if (score < 0.4) return 'low'
  return score < 0.65 ? 'medium' : 'high'
}
