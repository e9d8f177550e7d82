import { AgentSupervisor, type Outcome, type Task, type TaskOptions } from '@mayfly/supervisor'
import { now } from '../common/clock.ts'
import { liveHeap } from '../memory/heap-sampler.ts'
import { runImportingWorker } from '../supervisor/raw-worker.ts'
import { timedTask } from '../supervisor/timed-task.ts'
import type { LoadResult } from './cell.ts'
import { loadTasks } from './load-tasks.ts'

const CALLERS = 50
const WORKERS = 4
const RAW_WORKERS = 200

/** Some of them while they wait, some while they run, some too late. */
const ABORT_WITHIN_MS = 20_000

type Fate = readonly [Task, TaskOptions]

const nothing: Task = { handler: loadTasks('nothing') }
const failing: Task = { handler: loadTasks('fail') }
const endless: Task = { handler: loadTasks('neverEnd') }

/** So many tasks at once by 50 callers; a tenth each fail, run into their time limit or are aborted, each in a worker of its own. */
export const measureLoad = async (tasks: number, seed: number): Promise<LoadResult> => {
  const rawBefore = await rawPerSecond()
  const supervisor = new AgentSupervisor({ maxWorkers: WORKERS, maxQueue: tasks, heapLimitMb: 128 })
  const random = createRandom(seed)
  const startedAt = now()
  const answered = Array.from({ length: tasks }, (_, index) => {
    const [task, options] = chooseFate(random)
    const submission = supervisor.submit(task, { ...options, key: `caller ${index % CALLERS}`, keyConcurrency: 2 })
    return Promise.allSettled([submission.outcome, submission.result])
  })
  const heapFullMb = liveHeap()
  const outcomes = (await Promise.all(answered)).map(([outcome]) => outcome)
  const tookMs = now() - startedAt
  assertEnded(outcomes, tasks)
  outcomes.length = 0
  answered.length = 0
  await supervisor.close()
  const peakResidentMb = process.resourceUsage().maxRSS / 1024
  const heapAfterMb = liveHeap()
  const raw = (rawBefore + (await rawPerSecond())) / 2
  return { tasksPerSecond: (tasks / tookMs) * 1000, rawPerSecond: raw, heapFullMb, heapAfterMb, peakResidentMb }
}

/** Starting a worker is nearly all that a task of nothing costs, so this is how far the supervisor could get. */
const rawPerSecond = async (): Promise<number> => {
  const startedAt = now()
  let waiting = RAW_WORKERS
  const place = async (): Promise<void> => {
    while (waiting-- > 0) await (await runImportingWorker(0, { ...timedTask, ...loadTasks('nothing') })).gone
  }
  await Promise.all(Array.from({ length: WORKERS }, place))
  return (RAW_WORKERS / (now() - startedAt)) * 1000
}

const chooseFate = (random: () => number): Fate => {
  const chance = random()
  if (chance < 0.7) return [nothing, {}]
  if (chance < 0.8) return [failing, {}]
  if (chance < 0.9) return [endless, { timeoutMs: 50, graceMs: 0 }]
  return [nothing, { signal: AbortSignal.timeout(Math.floor(random() * ABORT_WITHIN_MS)) }]
}

const assertEnded = (outcomes: readonly PromiseSettledResult<Outcome>[], tasks: number): void => {
  const ended = outcomes.filter(({ status }) => status === 'fulfilled').length
  if (ended !== tasks) throw new Error(`Expected ${tasks} outcomes, got ${ended}`)
}

/** The same numbers from the same seed (mulberry32), from 0 to 1. */
const createRandom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
