/** Which steps come before which. */
export interface StepOrder {
  /** Cycles without a step in common, as positions: each needs the next, and the last the first. */
  readonly cycles: readonly (readonly number[])[]
  /** Whether the one step has ended whenever the other one begins. Where there is a cycle, nothing is said against it. */
  comesBefore(earlier: number, later: number): boolean
}

/** Sorts steps by what they need; linear in steps and needs, but for the first question after that. */
export function orderSteps(needs: readonly (readonly number[])[]): StepOrder {
  const sorted = sort(needs)
  const cycles = sorted.length === needs.length ? [] : findCycles(needs, new Set(sorted))
  let ancestors: Uint32Array[] | undefined
  const comesBefore = (earlier: number, later: number): boolean => {
    if (cycles.length > 0) return true
    ancestors ??= ancestorsOf(needs, sorted)
    return hasBit(ancestors[later], earlier)
  }
  return { cycles, comesBefore }
}

/** Kahn's algorithm: the steps whose needs can be met, in an order in which they can be. */
function sort(needs: readonly (readonly number[])[]): number[] {
  const waiting = needs.map((of) => of.length)
  const neededBy: number[][] = needs.map(() => [])
  for (const [position, of] of needs.entries()) for (const need of of) neededBy[need]?.push(position)
  const sorted = waiting.flatMap((count, position) => (count === 0 ? [position] : []))
  // The list grows while it is walked.
  for (const done of sorted) {
    for (const position of neededBy[done] ?? []) {
      const left = (waiting[position] ?? 0) - 1
      waiting[position] = left
      if (left === 0) sorted.push(position)
    }
  }
  return sorted
}

/**
 * Follows what cannot be met from need to need. Each walk ends on a cycle or on a step that an earlier walk has seen,
 * so all of them together look at each step once.
 */
function findCycles(needs: readonly (readonly number[])[], met: ReadonlySet<number>): number[][] {
  const seen = new Set(met)
  const cycles: number[][] = []
  for (const start of needs.keys()) {
    const walk: number[] = []
    let position = start
    while (!seen.has(position)) {
      seen.add(position)
      walk.push(position)
      position = needs[position]?.find((need) => !met.has(need)) ?? position
    }
    const begin = walk.indexOf(position)
    if (begin >= 0) cycles.push(walk.slice(begin))
  }
  return cycles
}

/** For each step a bit for each step that comes before it. 5,000 steps: 3 MB. */
function ancestorsOf(needs: readonly (readonly number[])[], sorted: readonly number[]): Uint32Array[] {
  const words = Math.ceil(needs.length / 32)
  const ancestors = needs.map(() => new Uint32Array(words))
  for (const position of sorted) {
    const own = ancestors[position]
    for (const need of needs[position] ?? []) if (own !== undefined) addAncestors(own, need, ancestors[need])
  }
  return ancestors
}

function addAncestors(own: Uint32Array, need: number, others: Uint32Array | undefined): void {
  for (const [word, bits] of others?.entries() ?? []) own[word] = (own[word] ?? 0) | bits
  own[need >>> 5] = (own[need >>> 5] ?? 0) | (1 << (need & 31))
}

function hasBit(bits: Uint32Array | undefined, position: number): boolean {
  return ((bits?.[position >>> 5] ?? 0) & (1 << (position & 31))) !== 0
}
