const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of `90s`, `10m`, `1.5h`, `2d` or a bare number of milliseconds; undefined when it is none of these. */
export const parseDuration = (text: string): number | undefined => {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)\s*(ms|s|m|h|d)?$/.exec(text.trim())
  if (match === null) return undefined
  return Math.round(Number(match[1]) * (UNITS_MS[match[2] ?? 'ms'] ?? 1))
}
