import type { Samples } from './interleave.ts'
import type { Comparison } from './report.ts'
import { summarise } from './summary.ts'

interface ComparisonHead {
  readonly title: string
  readonly unit: string
  readonly baseline: string | null
  readonly note: string
}

/** Makes a table of one of the quantities that were measured, of those subjects that have it. */
export const compare = <Subject extends string, Quantity extends string>(
  samples: Readonly<Record<Subject, Samples<Quantity>>>,
  quantity: Quantity,
  head: ComparisonHead,
): Comparison => ({
  kind: 'comparison',
  ...head,
  subjects: (Object.keys(samples) as Subject[]).flatMap((name) => {
    const taken = samples[name][quantity]
    return taken === undefined ? [] : [{ name, summary: summarise(taken) }]
  }),
})
