import { parseArgs } from 'node:util'

export interface CrashOptions {
  /** SIGKILLs of hosts and workers until the campaign ends. */
  readonly kills: number
  /** Of the whole schedule. */
  readonly seed: number
  /** Print the JSON instead of the table. */
  readonly json: boolean
  /** Keep the results. */
  readonly write: boolean
  /** Where to write a summary that CI counts. */
  readonly tap: string | undefined
}

/** An option that cannot be understood; its message is for whoever typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** @throws UsageError */
export const parseCrashOptions = (args: string[]): CrashOptions => {
  const { kills, seed, json, write, tap } = parse(args)
  return {
    kills: wholeNumber('--kills', kills ?? '25', 1),
    seed: wholeNumber('--seed', seed ?? String(Date.now() % 1_000_000), 0),
    json,
    write,
    tap,
  }
}

const parse = (args: string[]) => {
  try {
    return parseArgs({
      // pnpm hands its own separator on.
      args: args.filter((word) => word !== '--'),
      options: {
        kills: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        tap: { type: 'string' },
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

export const wholeNumber = (option: string, text: string, minimum: number): number => {
  const number = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(number) && number >= minimum) return number
  throw new UsageError(`${option}: expected a whole number of at least ${minimum}, got ${JSON.stringify(text)}`)
}
