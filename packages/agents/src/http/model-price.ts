/** US dollars for a million tokens. */
export interface ModelPrice {
  readonly inputPerMillion: number
  /** Input that came from a cache. @default `inputPerMillion` */
  readonly cachedPerMillion?: number
  /** Input that was written into a cache. @default 1.25 times `inputPerMillion`, as Anthropic asks for five minutes */
  readonly cacheWritePerMillion?: number
  readonly outputPerMillion: number
}

/** What one call used. Null is "was not reported". */
export interface CallUsage {
  /** Cached and cache-written ones included. */
  readonly inputTokens: number | null
  readonly cachedTokens: number | null
  readonly cacheWriteTokens: number | null
  readonly outputTokens: number | null
}

/** US dollars; null when input or output was not reported. */
export function costOf(usage: CallUsage, price: ModelPrice): number | null {
  if (usage.inputTokens === null || usage.outputTokens === null) return null
  const cached = usage.cachedTokens ?? 0
  const written = usage.cacheWriteTokens ?? 0
  const fresh = Math.max(0, usage.inputTokens - cached - written)
  const dollars =
    fresh * price.inputPerMillion +
    cached * (price.cachedPerMillion ?? price.inputPerMillion) +
    written * (price.cacheWritePerMillion ?? 1.25 * price.inputPerMillion) +
    usage.outputTokens * price.outputPerMillion
  return dollars / 1e6
}
