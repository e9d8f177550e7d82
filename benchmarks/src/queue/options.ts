import { type BenchOptions, parseOptions } from '../common/options.ts'

export interface QueueBenchOptions extends BenchOptions {
  /** How many are run at once; 0 leaves that part out. */
  readonly load: number
}

const DEFAULT_SAMPLES = 3
const DEFAULT_LOAD = 10_000

/** @throws RangeError for a number that is not one; TypeError for an unknown option. */
export const parseQueueOptions = (args: readonly string[]): QueueBenchOptions => {
  const at = args.indexOf('--load')
  const others = at < 0 ? [...args] : args.toSpliced(at, 2)
  const said = at < 0 ? DEFAULT_LOAD : Number(args[at + 1])
  if (Number.isSafeInteger(said) && said >= 0) return { ...parseOptions(others, DEFAULT_SAMPLES), load: said }
  throw new RangeError(`--load: expected a whole number, got ${JSON.stringify(args[at + 1])}`)
}
