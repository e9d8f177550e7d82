import { parseArgs } from 'node:util'

export interface StoreBenchOptions {
  /** Rounds for each quantity. */
  readonly samples: number
  /** How many runs are stored when the latest are listed and counted. */
  readonly runs: number
  /** How many sessions are lost at one time. */
  readonly lost: number
  /** Print the JSON instead of the tables. */
  readonly json: boolean
}

/** @throws RangeError for a number that is not one; TypeError for an unknown option. */
export const parseStoreOptions = (args: string[]): StoreBenchOptions => {
  const { values } = parseArgs({
    args,
    options: {
      samples: { type: 'string', default: '300' },
      runs: { type: 'string', default: '1000000' },
      lost: { type: 'string', default: '10000' },
      json: { type: 'boolean', default: false },
    },
  })
  return {
    samples: count('samples', values.samples),
    runs: count('runs', values.runs),
    lost: count('lost', values.lost),
    json: values.json,
  }
}

const count = (name: string, text: string): number => {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new RangeError(`--${name}: expected a whole number above 0, got ${JSON.stringify(text)}`)
}
