import { parseArgs } from 'node:util'
import { taskNames } from './catalogue/index.ts'
import { subjectNames } from './subjects/index.ts'
import { tiers } from './task.ts'

export interface MatrixOptions {
  readonly tasks: readonly string[]
  readonly subjects: readonly string[]
  /** Of the order of the runs. */
  readonly seed: number
  /** Print the JSON instead of the tables. */
  readonly json: boolean
  /** Keep the results; other benchmarks always do, but they have no partial runs. */
  readonly write: boolean
  /** Where to write a summary that CI counts. */
  readonly tap: string | undefined
}

/** An option that cannot be understood; its message is for whoever typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** @throws UsageError for an unknown option, task or subject, and for a seed that is no number. */
export const parseMatrixOptions = (args: string[]): MatrixOptions => {
  const values = parse(args)
  const subjects = [...(values.ours ? tiers : []), ...(values.subject ?? [])]
  return {
    tasks: known('task', taskNames, values.only ?? []),
    subjects: known('subject', subjectNames, subjects),
    seed: seedOf(values.seed),
    json: values.json,
    write: values.write,
    tap: values.tap,
  }
}

const parse = (args: string[]) => {
  try {
    return parseArgs({
      // pnpm hands its own separator on.
      args: args.filter((word) => word !== '--'),
      options: {
        only: { type: 'string', multiple: true },
        subject: { type: 'string', multiple: true },
        ours: { type: 'boolean', default: false },
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

/** Those that were asked for, in the order of all; all of them when none was. */
const known = (what: string, all: readonly string[], asked: readonly string[]): string[] => {
  const unknown = asked.filter((name) => !all.includes(name))
  if (unknown.length > 0) throw new UsageError(`Unknown ${what} ${unknown.join(', ')}. Known: ${all.join(', ')}.`)
  return asked.length === 0 ? [...all] : all.filter((name) => asked.includes(name))
}

const seedOf = (text: string | undefined): number => {
  if (text === undefined) return Date.now() % 1_000_000
  const seed = Number(text)
  if (Number.isSafeInteger(seed) && seed >= 0) return seed
  throw new UsageError(`--seed: expected a whole number, got ${JSON.stringify(text)}`)
}
