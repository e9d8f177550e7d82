import { parseArgs } from 'node:util'
import { UsageError, wholeNumber } from '../options.ts'
import { scenarios } from './scenario.ts'

export interface WorkflowCrashOptions {
  /** How many deaths each scenario is tried with; null: every one. */
  readonly points: number | null
  /** Plays of each scenario with several deaths at any time. */
  readonly storms: number
  /** Of what is chosen and drawn. */
  readonly seed: number
  /** Words that a scenario's name has to hold. */
  readonly only: string
  /** Plays at one time. */
  readonly atOnce: number
  /** Print the JSON instead of the table. */
  readonly json: boolean
  /** Keep the results. */
  readonly write: boolean
}

/** @throws UsageError */
export const parseWorkflowOptions = (args: string[]): WorkflowCrashOptions => {
  const { points, storms, seed, only, 'at-once': atOnce, json, write } = parse(args)
  if (!scenarios.some(({ name }) => name.includes(only)))
    throw new UsageError(
      `--only: expected words of one of ${scenarios.map(({ name }) => name).join('; ')}; got ${only}`,
    )
  return {
    points: points === 'all' ? null : wholeNumber('--points', points, 1),
    storms: wholeNumber('--storms', storms, 0),
    seed: wholeNumber('--seed', seed, 0),
    only,
    atOnce: wholeNumber('--at-once', atOnce, 1),
    json,
    write,
  }
}

const parse = (args: string[]) => {
  try {
    return parseArgs({
      // pnpm hands its own separator on.
      args: args.filter((word) => word !== '--'),
      options: {
        workflow: { type: 'boolean', default: false },
        points: { type: 'string', default: 'all' },
        storms: { type: 'string', default: '10' },
        seed: { type: 'string', default: '1' },
        only: { type: 'string', default: '' },
        'at-once': { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
