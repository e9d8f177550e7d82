/** A score that an output gives itself, and where it stands in it. */
export interface Score {
  readonly score: number
  /** Such as `score` or `review.overall_score`. */
  readonly at: string
}

/** In this order. */
const names = ['score', 'overall_score', 'quality_score', 'total_score', 'final_score', 'average_score', 'rating']
const wrappers = ['result', 'output', 'review', 'rating', 'evaluation', 'validation', 'verdict']

/**
 * The score in a step's output, for `minimum_score`: the number under the first of `score`, `overall_score`,
 * `quality_score`, `total_score`, `final_score`, `average_score`, `rating` that the output has; or else the same within
 * the first of `result`, `output`, `review`, `rating`, `evaluation`, `validation`, `verdict` that has one. Text counts
 * when all of it is JSON, alone or as one fenced block. `8/10` or `"8"` is not a number, and nothing is computed.
 *
 * @returns null when there is none, which is a failure of the step and never a guess
 */
export function readScore(output: unknown): Score | null {
  const value = typeof output === 'string' ? parseText(output) : output
  return scoreIn(value, '') ?? firstOf(wrappers, (name) => scoreIn(own(value, name), `${name}.`))
}

function scoreIn(value: unknown, prefix: string): Score | null {
  return firstOf(names, (name) => {
    const score = own(value, name)
    return typeof score === 'number' && Number.isFinite(score) ? { score, at: `${prefix}${name}` } : null
  })
}

function firstOf(keys: readonly string[], read: (key: string) => Score | null): Score | null {
  for (const key of keys) {
    const score = read(key)
    if (score !== null) return score
  }
  return null
}

function own(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined
}

function parseText(text: string): unknown {
  const trimmed = text.trim()
  const [, fenced] = /^```(?:json)?\s*\n(.*)\n\s*```$/s.exec(trimmed) ?? []
  try {
    return JSON.parse(fenced ?? trimmed)
  } catch {
    // Prose has no score.
    return null
  }
}
