/** A source of numbers that gives the same ones for the same seed on every machine. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number
  /** True with this likelihood. */
  chance(likelihood: number): boolean
  pick<Value>(values: readonly [Value, ...Value[]]): Value
}

/** xorshift32: small, and good enough for choosing words. */
export function createRandom(seed: number): Random {
  let state = (seed * 2_654_435_761) >>> 0 || 1
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  return {
    next,
    chance: (likelihood) => next() < likelihood,
    pick: (values) => values[Math.floor(next() * values.length)] ?? values[0],
  }
}
