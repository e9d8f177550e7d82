const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 }
// setTimeout counts in 32 bits.
const LONGEST_MS = 2_147_483_647

/** Reads `500ms`, `30s`, `10m`, `1.5h` as milliseconds; undefined for anything else, a number without a unit included. */
export function durationMs(written: string): number | undefined {
  const [, amount = '', unit = ''] = /^\s*(\d{1,12}(?:\.\d{1,6})?)\s*([a-z]{1,3})\s*$/.exec(written) ?? []
  const factor = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined
  if (factor === undefined) return undefined
  const duration = Math.round(Number(amount) * factor)
  return duration <= LONGEST_MS ? duration : undefined
}
