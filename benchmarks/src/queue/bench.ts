import { observeEnvironment } from '../common/environment.ts'
import { interleave, type Samples } from '../common/interleave.ts'
import { printProgress, publish } from '../common/output.ts'
import type { Grid } from '../common/report.ts'
import { summarise } from '../common/summary.ts'
import type { LoadResult, WaitingKind, WaitingResult } from './cell.ts'
import { parseQueueOptions } from './options.ts'
import { runCell } from './run-cell.ts'

const LENGTHS = [1_000, 100_000, 1_000_000] as const

const kinds: Readonly<Record<WaitingKind, string>> = {
  plain: 'submit, promises not asked for',
  run: 'run, or submit and its result',
  keyed: 'of 1,000 keys and 7 priorities',
  timed: 'with a queueTimeoutMs',
}

const method = `Each row is a process of its own with one worker that never ends and so many tasks behind it; the figures are medians. Bytes are
those of the heap after a full collection, what the caller keeps (the submission, in the second kind the promise of its result)
included, the task's input, of which there is none here, not. Microseconds are means over all calls (of 10,000 cancellations,
in no order of the queue). \`destroy()\` cancels what waits 1,000 at a time, so that others have their turns between.`

type Measured = Readonly<Record<string, Samples<keyof WaitingResult>>>

/** What it costs to wait, from a thousand tasks to a million, and to run many at once. \`--load N\` (10,000) tasks, 0 for none. */
export const run = async (args: string[]): Promise<void> => {
  const { samples, load, json } = parseQueueOptions(args)
  const observed = await observeEnvironment()
  const waiting = await measureWaiting(samples)
  const sections = [waitingTable(waiting), ...(load === 0 ? [] : [await measureLoad(load)])]
  await publish({ name: 'queue', title: 'The queue', environment: observed(), method, sections }, json)
}

const measureWaiting = (rounds: number): Promise<Measured> => {
  const cells = LENGTHS.flatMap((tasks) =>
    (Object.keys(kinds) as WaitingKind[]).map(
      (kind) =>
        [
          nameOf(kind, tasks),
          async () => ({ ...(await runCell<WaitingResult>({ what: 'waiting', kind, tasks })) }),
        ] as const,
    ),
  )
  return interleave(Object.fromEntries(cells), { rounds, warmUp: 0, name: 'queue' })
}

const nameOf = (kind: WaitingKind, tasks: number): string => `${tasks.toLocaleString('en')} ${kinds[kind]}`

const columns: Readonly<Record<keyof WaitingResult, string>> = {
  bytesPerTask: 'bytes per task',
  submitUs: 'submit (µs)',
  cancelUs: 'cancel (µs)',
  metricsUs: 'getMetrics (µs)',
  destroyUs: 'destroy, per task (µs)',
}

const waitingTable = (measured: Measured): Grid => ({
  kind: 'grid',
  title: 'Tasks that wait',
  unit: 'bytes and microseconds',
  corner: 'tasks',
  note: '',
  rows: Object.entries(measured).map(([name, samples]) => ({
    name,
    cells: Object.fromEntries(
      Object.entries(columns).map(([quantity, column]) => [
        column,
        summaryOf(samples[quantity as keyof WaitingResult]),
      ]),
    ),
  })),
})

const summaryOf = (samples: readonly number[] | undefined) => (samples === undefined ? null : summarise(samples))

const measureLoad = async (tasks: number): Promise<Grid> => {
  printProgress(`queue: ${tasks} tasks at once, each in a worker of its own`)
  const result = await runCell<LoadResult>({ what: 'load', tasks, seed: 1 })
  const cells = {
    'tasks per second': result.tasksPerSecond,
    'raw Workers per second': result.rawPerSecond,
    'heap when all wait (MB)': result.heapFullMb,
    'heap when all are done (MB)': result.heapAfterMb,
    'peak resident (MB)': result.peakResidentMb,
  }
  return {
    kind: 'grid',
    title: 'Many at once, in four threads',
    unit: 'one run',
    corner: 'tasks of 50 callers',
    note: 'One in ten fails, one in ten runs into its time limit of 50 ms, one in ten is aborted within 20 s. Raw: Workers that do nothing, four at a time, before and after. Every promise settled, or there would be no row.',
    rows: [
      {
        name: tasks.toLocaleString('en'),
        cells: Object.fromEntries(Object.entries(cells).map(([name, value]) => [name, summarise([value])])),
      },
    ],
  }
}
