import type { SkipReason } from './skip-rules.ts'

/** What was skipped for one reason. */
export interface SkipCount {
  readonly count: number
  /** The first paths in order, for a person to judge the rule by. */
  readonly examples: readonly string[]
}

/** What was skipped, by reason. */
export type Skipped = Partial<Readonly<Record<SkipReason, SkipCount>>>

const mostExamples = 3

/** Counts what is skipped and keeps a few examples of each reason: bounded, however much is skipped. */
export class SkipTally {
  readonly #counts = new Map<SkipReason, { count: number; examples: string[] }>()

  add(reason: SkipReason, path: string): void {
    const known = this.#counts.get(reason) ?? { count: 0, examples: [] }
    known.count += 1
    // The smallest paths, not the first seen: files are read side by side and finish in any order.
    known.examples = [...known.examples, path].sort(byCodeUnits).slice(0, mostExamples)
    this.#counts.set(reason, known)
  }

  toRecord(): Skipped {
    return Object.fromEntries([...this.#counts].sort(([one], [other]) => byCodeUnits(one, other)))
  }
}

/** The order of paths everywhere in the planner: the same on every machine, whatever its language. */
export function byCodeUnits(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}
