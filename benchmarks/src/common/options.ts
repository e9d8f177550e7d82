import { parseArgs } from 'node:util'

export interface BenchOptions {
  /** Rounds; in each, every subject is measured once. */
  readonly samples: number
  /** Print the JSON instead of the tables. */
  readonly json: boolean
}

/** @throws RangeError for a number of samples that is not one; TypeError for an unknown option. */
export const parseOptions = (args: string[], defaultSamples: number): BenchOptions => {
  const { values } = parseArgs({
    args,
    options: {
      samples: { type: 'string', default: String(defaultSamples) },
      json: { type: 'boolean', default: false },
    },
  })
  const samples = Number(values.samples)
  if (Number.isSafeInteger(samples) && samples > 0) return { samples, json: values.json }
  throw new RangeError(`--samples: expected a whole number above 0, got ${JSON.stringify(values.samples)}`)
}
