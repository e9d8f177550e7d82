import { parseArgs } from 'node:util'

export interface WorkflowsBenchOptions {
  /** Rounds in which the overhead of a step is measured. */
  readonly samples: number
  /** Rounds in which workflows of many steps are executed. */
  readonly rounds: number
  /** Print the JSON instead of the tables. */
  readonly json: boolean
}

/** @throws RangeError for a number that is not one; TypeError for an unknown option. */
export const parseWorkflowsOptions = (args: string[]): WorkflowsBenchOptions => {
  const { values } = parseArgs({
    args,
    options: {
      samples: { type: 'string', default: '10' },
      rounds: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
    },
  })
  return { samples: count('samples', values.samples), rounds: count('rounds', values.rounds), json: values.json }
}

const count = (name: string, text: string): number => {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new RangeError(`--${name}: expected a whole number above 0, got ${JSON.stringify(text)}`)
}
