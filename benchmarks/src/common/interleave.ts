import { printProgress } from './output.ts'

/** What one measurement found; a subject leaves out the quantities that it does not have, always the same ones. */
export type Sample<Quantity extends string> = Readonly<Partial<Record<Quantity, number>>>

export type Measure<Quantity extends string> = () => Promise<Sample<Quantity>>

export type Samples<Quantity extends string> = Readonly<Partial<Record<Quantity, readonly number[]>>>

interface Interleaving {
  readonly rounds: number
  /** Rounds before the first one that counts. */
  readonly warmUp: number
  readonly name: string
}

/**
 * Measures every subject once in each round. The order turns from round to round, so what a neighbour does to the
 * machine, and what a subject leaves behind, falls on all alike.
 */
export const interleave = async <Subject extends string, Quantity extends string>(
  subjects: Readonly<Record<Subject, Measure<Quantity>>>,
  { rounds, warmUp, name }: Interleaving,
): Promise<Readonly<Record<Subject, Samples<Quantity>>>> => {
  const names = Object.keys(subjects) as Subject[]
  const taken = names.map((): Sample<Quantity>[] => [])
  for (let round = -warmUp; round < rounds; round++) {
    for (const index of turned(names.length, round + warmUp)) {
      const sample = await subjects[names[index] as Subject]()
      if (round >= 0) taken[index]?.push(sample)
    }
    if ((round + 1) % 10 === 0 && round > 0) printProgress(`${name}: round ${round + 1} of ${rounds}`)
  }
  return Object.fromEntries(names.map((subject, index) => [subject, byQuantity(taken[index] ?? [])])) as never
}

const turned = (length: number, by: number): number[] => Array.from({ length }, (_, index) => (index + by) % length)

const byQuantity = <Quantity extends string>(taken: readonly Sample<Quantity>[]): Samples<Quantity> => {
  const quantities = Object.keys(taken[0] ?? {}) as Quantity[]
  const entries = quantities.map((quantity) => [quantity, taken.map((sample) => sample[quantity])])
  return Object.fromEntries(entries) as Samples<Quantity>
}
