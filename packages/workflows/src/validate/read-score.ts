/** In this order. */
const names = ['score', 'overall_score', 'quality_score', 'total_score', 'final_score', 'average_score', 'rating']
const wrappers = ['result', 'output', 'review', 'rating', 'evaluation', 'validation', 'verdict']

/**
 * The score in a step's output, for `minimum_score`: the number under the first of `score`, `overall_score`,
 * `quality_score`, `total_score`, `final_score`, `average_score`, `rating` that the output has; or else the same within
 * the first of `result`, `output`, `review`, `rating`, `evaluation`, `validation`, `verdict` that has one. Text counts
 * when all of it is JSON, alone or as one fenced block. `8/10` or `"8"` is not a number, and nothing is computed.
 *
 * @returns undefined when there is none, which is a failure of the step and never a guess
 */
export function readScore(output: unknown): number | undefined {
  const value = typeof output === 'string' ? parseText(output) : output
  return scoreIn(value) ?? firstNumber(wrappers.map((name) => scoreIn(own(value, name))))
}

function scoreIn(value: unknown): number | undefined {
  return firstNumber(names.map((name) => own(value, name)))
}

function firstNumber(values: readonly unknown[]): number | undefined {
  return values.find((value): value is number => typeof value === 'number' && Number.isFinite(value))
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
