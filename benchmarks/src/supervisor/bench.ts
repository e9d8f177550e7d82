import { compare } from '../common/compare.ts'
import { observeEnvironment } from '../common/environment.ts'
import type { Samples } from '../common/interleave.ts'
import { parseOptions } from '../common/options.ts'
import { publish } from '../common/output.ts'
import type { Section } from '../common/report.ts'
import { summarise } from '../common/summary.ts'
import { measureDelivery } from './delivery.ts'
import { openJournal, type StoredJournal } from './journal.ts'
import { type Latencies, measureLatency } from './latency.ts'
import { mayfly } from './mayfly-subject.ts'
import { type Measure, overview, whoIsAhead } from './overview.ts'
import { jestWorker, jestWorkerOnce, piscina, poolifier, tinypool, workerpoolSubject } from './peer-subjects.ts'
import { bareWorker, rawFork, rawWorker } from './raw-subjects.ts'
import type { Subject } from './subject.ts'
import { measureThroughput, TASKS, WARM_UP_ROUNDS } from './throughput.ts'
import { heavyTask, type TimedTask, timedTask } from './timed-task.ts'
import { waitingSubjects, withBareRow } from './waiting-subjects.ts'
import { measureWatchdog } from './watchdog.ts'

const method = `All subjects of a table are measured once in each round, in an order that turns, after rounds that do not count, in one
process on one machine. All clocks are \`process.hrtime.bigint()\`, one monotonic clock for all threads and processes. Between two
tasks of the latency tables all is quiet for as long as any subject needs to replace a worker, so that spares, and tinypool's booted
threads, are ready again; caches are cold then, as they are for a task that comes now and then. Mayfly is the built package, as people
install it, with its limits and its guardian; peers run without limits. "Journal" is a row in SQLite (\`@mayfly/run-store\`), written
before anything of the task starts; the row of the floor is a bare insert with the same pragmas. BullMQ's sandbox is left out: its queue is a Redis server.`

/**
 * Mayfly beside raw workers and other pools. `--samples N` (100) rounds for threads; processes and the heavy module graph take half
 * of them, throughput and the watchdog a tenth.
 */
export const run = async (args: string[]): Promise<void> => {
  const { samples, json } = parseOptions(args, 100)
  const observed = await observeEnvironment()
  await using stored = await openJournal()
  const half = Math.ceil(samples / 2)
  const tenth = Math.ceil(samples / 10)
  const threads = await ofThreads(timedTask, stored, samples)
  const processes = await ofProcesses(stored, half)
  const heavy = await ofHeavyGraph(stored, half)
  const throughput = await ofThroughput(tenth)
  const measures = [...threads.measures, ...processes.measures, ...heavy.measures, ...throughput.measures]
  const sections = [
    overview(measures),
    whoIsAhead(measures),
    ...threads.sections,
    ...processes.sections,
    ...heavy.sections,
    ...throughput.sections,
    await measureDelivery(samples),
    ...(await measureWatchdog(tenth)),
  ]
  const title = 'Mayfly beside raw workers and other pools'
  await publish({ name: 'supervisor', title, environment: observed(), method, sections }, json)
}

interface Findings {
  readonly measures: readonly Measure[]
  readonly sections: readonly Section[]
}

const withSpare = (task: TimedTask, { journal }: StoredJournal, isolation: 'thread' | 'process'): Promise<Subject> =>
  mayfly(task, { name: 'Mayfly, spare, journal', isolation, spares: 2, journal })

const withSpareOnly = (task: TimedTask, isolation: 'thread' | 'process'): Promise<Subject> =>
  mayfly(task, { name: 'Mayfly, spare', isolation, spares: 2 })

const withoutSpare = (task: TimedTask, isolation: 'thread' | 'process'): Promise<Subject> =>
  mayfly(task, { name: 'Mayfly', isolation, spares: 0 })

const ofThreads = async (task: TimedTask, stored: StoredJournal, rounds: number): Promise<Findings> => {
  const subjects = [
    rawWorker(task),
    bareWorker(),
    ...(await waitingSubjects(task, 'thread')),
    await withoutSpare(task, 'thread'),
    await withSpareOnly(task, 'thread'),
    await withSpare(task, stored, 'thread'),
    tinypool(task, 'worker_threads'),
    piscina(task),
    workerpoolSubject(task),
    poolifier(task),
    jestWorker(task),
  ]
  return latencyFindings(
    await measureLatency(subjects, { name: 'threads', rounds, idleMs: 100 }),
    'thread',
    'raw Worker',
  )
}

const ofProcesses = async (stored: StoredJournal, rounds: number): Promise<Findings> => {
  const subjects = [
    rawFork(timedTask),
    ...(await waitingSubjects(timedTask, 'process')),
    await withoutSpare(timedTask, 'process'),
    await withSpareOnly(timedTask, 'process'),
    await withSpare(timedTask, stored, 'process'),
    tinypool(timedTask, 'child_process'),
    jestWorkerOnce(timedTask),
  ]
  return latencyFindings(
    await measureLatency(subjects, { name: 'processes', rounds, idleMs: 200 }),
    'process',
    'raw fork',
  )
}

const ofHeavyGraph = async (stored: StoredJournal, rounds: number): Promise<Findings> => {
  const subjects = [
    rawWorker(heavyTask),
    await withoutSpare(heavyTask, 'thread'),
    await withSpare(heavyTask, stored, 'thread'),
    tinypool(heavyTask, 'worker_threads'),
  ]
  const latencies = await measureLatency(subjects, { name: 'heavy module graph', rounds, idleMs: 500 })
  return latencyFindings(latencies, 'thread, the task imports typescript', 'raw Worker')
}

const latencyFindings = (latencies: Latencies, what: string, baseline: string): Findings => {
  const first = { title: `From the call to the task's first line, ${what}`, unit: 'ms' }
  const result = { title: `From the call to the caller's result, ${what}`, unit: 'ms' }
  return {
    measures: [
      { title: `${first.title} (ms)`, better: 'lower', bySubject: summaries(latencies, 'toFirstLine') },
      { title: `${result.title} (ms)`, better: 'lower', bySubject: summaries(latencies, 'toResult') },
    ],
    sections: [
      compare(latencies, 'toFirstLine', { ...first, baseline, note: '' }),
      compare(latencies, 'toResult', { ...result, baseline, note: '' }),
      ...aboveTheFloor(latencies, withBareRow(`${baseline}, waiting`), [first, result]),
    ],
  }
}

/** Those that have a worker ready, beside the least that it takes; where the floor was measured. */
const aboveTheFloor = (latencies: Latencies, floor: string, [first, result]: readonly [Head, Head]): Section[] => {
  if (latencies[floor] === undefined) return []
  const ready = Object.fromEntries(Object.entries(latencies).filter(([name]) => READY.test(name)))
  const note = 'The floor: a never-used worker that waits with the task imported, and a bare insert into SQLite before.'
  const above = ({ title, unit }: Head) => ({
    title: `Above the floor: ${lowered(title)}`,
    unit,
    baseline: floor,
    note,
  })
  return [compare(ready, 'toFirstLine', above(first)), compare(ready, 'toResult', above(result))]
}

type Head = { readonly title: string; readonly unit: string }

const READY = /waiting|spare|tinypool/

const lowered = (title: string): string => `${title.charAt(0).toLowerCase()}${title.slice(1)}`

const summaries = <Quantity extends string>(
  samples: Readonly<Record<string, Samples<Quantity>>>,
  quantity: Quantity,
): Measure['bySubject'] =>
  Object.fromEntries(Object.entries(samples).map(([name, taken]) => [name, summarise(taken[quantity] ?? [])]))

const ofThroughput = async (rounds: number): Promise<Findings> => {
  const threads = await measureThroughput(
    [
      rawWorker(timedTask),
      await withoutSpare(timedTask, 'thread'),
      await mayfly(timedTask, { name: 'Mayfly, 4 spares', isolation: 'thread', spares: 4 }),
      tinypool(timedTask, 'worker_threads'),
    ],
    { name: 'throughput, threads', rounds, atOnce: 4 },
  )
  const processes = await measureThroughput(
    [
      rawFork(timedTask),
      await mayfly(timedTask, { name: 'Mayfly', isolation: 'process', spares: 0, maxWorkers: 2 }),
      await mayfly(timedTask, { name: 'Mayfly, 2 spares', isolation: 'process', spares: 2, maxWorkers: 2 }),
      tinypool(timedTask, 'child_process'),
      jestWorkerOnce(timedTask),
    ],
    { name: 'throughput, processes', rounds, atOnce: 2 },
  )
  const note = `Each sample is ${TASKS} tasks that do nothing, each in a worker that was never used. The first ${WARM_UP_ROUNDS} do not count.`
  const unit = 'tasks per second; higher is better'
  const titles = { threads: 'One-shot tasks, 4 threads at a time', processes: 'One-shot tasks, 2 processes at a time' }
  return {
    measures: [
      { title: `${titles.threads} (per second)`, better: 'higher', bySubject: summaries(threads, 'tasksPerSecond') },
      {
        title: `${titles.processes} (per second)`,
        better: 'higher',
        bySubject: summaries(processes, 'tasksPerSecond'),
      },
    ],
    sections: [
      compare(threads, 'tasksPerSecond', { title: titles.threads, unit, baseline: 'raw Worker', note }),
      compare(processes, 'tasksPerSecond', { title: titles.processes, unit, baseline: 'raw fork', note }),
    ],
  }
}
