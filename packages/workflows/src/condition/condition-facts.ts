import type { JsonValue } from '../plan/json-value.ts'
import type { ComplexityLabel } from '../workflow.ts'
import type { ExpressionNames } from './expression-names.ts'

/** The facts about a run: `run.prompt`. */
export const runFields = ['id', 'prompt', 'complexity', 'workflow'] as const

/** The facts about a step: `steps['Review'].status`. */
export const stepFields = ['number', 'name', 'status', 'round', 'output'] as const

/** A step, as a condition sees it. Read only when the condition names it: `output` may be a getter. */
export interface StepFacts {
  readonly number: number
  readonly name: string
  /** `completed`, `skipped`, `failed` … */
  readonly status: string
  /** How often it was sent back and begun anew. */
  readonly round: number
  /** What the step resulted in; null when it has not, or was skipped. */
  readonly output: JsonValue
}

/** What a condition is asked over. */
export interface ConditionFacts {
  readonly run: {
    readonly id: string
    readonly prompt: string
    readonly complexity: ComplexityLabel
    readonly workflow: string
  }
  /** As `resolveInputs` gave them. */
  readonly inputs: Readonly<Record<string, JsonValue>>
  readonly steps: readonly StepFacts[]
}

/**
 * The facts under the names that an expression uses: steps by number and by name, a number before a name. Only the
 * steps that it names are looked at, so that 5,000 conditions over 5,000 steps stay cheap.
 */
export function namedFacts(facts: ConditionFacts, names: ExpressionNames): Record<string, unknown> {
  const wanted = new Set(names.accesses.map(({ key }) => key))
  const isWanted =
    names.whole.has('steps') || names.whole.has('outputs') ? () => true : (key: string) => wanted.has(key)
  const steps = new Map<string, StepFacts>()
  for (const step of facts.steps) if (isWanted(step.name)) steps.set(step.name, step)
  for (const step of facts.steps) if (isWanted(String(step.number))) steps.set(String(step.number), step)
  const outputs = new Map(Array.from(steps, ([key, step]) => [key, step.output]))
  return { run: facts.run, inputs: facts.inputs, steps: record(steps), outputs: record(outputs) }
}

/** Without a prototype: a step may be called `constructor`. */
function record(entries: ReadonlyMap<string, unknown>): Record<string, unknown> {
  return Object.assign(Object.create(null), Object.fromEntries(entries))
}
