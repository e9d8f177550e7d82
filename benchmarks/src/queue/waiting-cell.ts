import { AgentSupervisor, type Submission, type TaskOptions } from '@mayfly/supervisor'
import { now } from '../common/clock.ts'
import type { WaitingKind, WaitingResult } from './cell.ts'
import { loadTasks } from './load-tasks.ts'

const MOST_CANCELLED = 10_000

/** Far from all multiples of the number of tasks: each is met once, and neighbours in the queue are not cancelled one after the other. */
const STRIDE = 7919

const optionsOf: Readonly<Record<WaitingKind, (index: number) => TaskOptions>> = {
  plain: () => ({}),
  run: () => ({}),
  keyed: (index) => ({ key: `key ${index % 1000}`, priority: index % 7 }),
  timed: () => ({ queueTimeoutMs: 3_600_000 }),
}

/** So many tasks behind one that never ends. */
export const measureWaiting = async (kind: WaitingKind, tasks: number): Promise<WaitingResult> => {
  const supervisor = new AgentSupervisor({ maxWorkers: 1, maxQueue: tasks, heapLimitMb: 64, externalLimitMb: 16 })
  await supervisor.spawnWorker({ handler: loadTasks('neverEnd') })
  const waiting = new Waiting(supervisor, kind, tasks)
  const before = liveBytes()
  const submitMs = waiting.submitAll()
  // What was submitted is looked at once this turn is over.
  await new Promise(setImmediate)
  const bytesPerTask = (liveBytes() - before) / tasks
  const metricsUs = 1000 * meanOf(1000, () => supervisor.getMetrics())
  const cancelUs = 1000 * waiting.cancelSome()
  const left = supervisor.getMetrics().queuedTasks
  const destroyMs = await timed(() => supervisor.destroy())
  return {
    bytesPerTask,
    submitUs: (1000 * submitMs) / tasks,
    cancelUs,
    metricsUs,
    destroyUs: (1000 * destroyMs) / left,
  }
}

/** The tasks, and what a caller keeps of each. */
class Waiting {
  readonly #supervisor: AgentSupervisor
  readonly #kind: WaitingKind
  readonly #submissions: Submission[]
  readonly #results: Promise<unknown>[]

  constructor(supervisor: AgentSupervisor, kind: WaitingKind, tasks: number) {
    this.#supervisor = supervisor
    this.#kind = kind
    this.#submissions = new Array(tasks)
    this.#results = new Array(kind === 'run' ? tasks : 0)
  }

  /** Milliseconds. */
  submitAll(): number {
    const task = { handler: loadTasks('nothing') }
    const startedAt = now()
    for (let index = 0; index < this.#submissions.length; index++) {
      const submission = this.#supervisor.submit(task, optionsOf[this.#kind](index))
      this.#submissions[index] = submission
      // As `run` does, and most callers do.
      if (this.#kind === 'run') this.#results[index] = submission.result
    }
    return now() - startedAt
  }

  /** Milliseconds for each. */
  cancelSome(): number {
    const { length } = this.#submissions
    let next = 0
    // The others are for `destroy`.
    return meanOf(Math.min(length / 2, MOST_CANCELLED), () => {
      this.#submissions[next]?.cancel()
      next = (next + STRIDE) % length
    })
  }
}

const meanOf = (times: number, call: () => unknown): number => {
  const startedAt = now()
  for (let time = 0; time < times; time++) call()
  return (now() - startedAt) / times
}

const timed = async (act: () => Promise<void>): Promise<number> => {
  const startedAt = now()
  await act()
  return now() - startedAt
}

const liveBytes = (): number => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
