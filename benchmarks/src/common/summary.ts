/** What is kept of the samples of one subject; percentiles by nearest rank, so each is a sample that was taken. */
export interface Summary {
  readonly count: number
  readonly median: number
  readonly p99: number
  readonly minimum: number
  readonly maximum: number
  readonly mean: number
}

/** @throws RangeError without a sample. */
export const summarise = (samples: readonly number[]): Summary => {
  const sorted = [...samples].sort((one, other) => one - other)
  return {
    count: sorted.length,
    median: round(percentile(sorted, 50)),
    p99: round(percentile(sorted, 99)),
    minimum: round(percentile(sorted, 0)),
    maximum: round(percentile(sorted, 100)),
    mean: round(sorted.reduce((sum, sample) => sum + sample, 0) / sorted.length),
  }
}

const percentile = (sorted: readonly number[], percent: number): number => {
  const sample = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]
  if (sample === undefined) throw new RangeError('Expected at least one sample, got none')
  return sample
}

/** Four digits after the point: below that even nanoseconds per call are noise. */
const round = (value: number): number => Math.round(value * 1e4) / 1e4
