import { setTimeout as delay } from 'node:timers/promises'
import { AgentSupervisor } from '@mayfly/supervisor'
import { printProgress } from '../common/output.ts'
import { type Belongings, countZombies, takeStock } from './belongings.ts'
import { type Point, slopeOf } from './slope.ts'
import { type SoakTask, workload } from './workload.ts'

export interface SoakOptions {
  readonly tasks: number
  readonly seed: number
  /** Between the last task and the last look. */
  readonly restMs: number
}

export interface SoakFindings {
  /** That were run before the first look. */
  readonly warmUp: number
  readonly tasks: number
  readonly tookMs: number
  /** Of those that did not end as they had to: what they were, and how they ended. */
  readonly surprises: readonly string[]
  readonly outcomesByCause: Readonly<Record<string, number>>
  readonly before: Belongings
  readonly after: Belongings
  /** Heap of the supervising process after garbage collections, by the number of tasks that have ended. */
  readonly heap: readonly Point[]
  readonly heapBytesPerTask: number
  readonly zombies: number
  readonly worst: { readonly rssMb: number }
}

/** Tasks before the first look, at most: what is made once is made then, and the supervisor remembers the last 1,000 ends. */
const WARM_UP = 1000
const MEASUREMENTS = 40
const AT_ONCE = 4

/** Runs tasks of all kinds, always four at a time, and looks at what they leave in the supervising process. */
export const soak = async ({ tasks, seed, restMs }: SoakOptions): Promise<SoakFindings> => {
  const supervisor = new AgentSupervisor({ maxWorkers: AT_ONCE, maxQueue: AT_ONCE })
  const surprises: string[] = []
  const warmUp = Math.min(WARM_UP, tasks)
  await runAll(supervisor, [...workload(warmUp, seed + 1)], surprises)
  await delay(restMs / 3)
  const before = takeStock()
  const startedAt = performance.now()
  const heap: Point[] = []
  let worstRssMb = 0
  const all = [...workload(tasks, seed)]
  for (const batch of split(all, MEASUREMENTS)) {
    await runAll(supervisor, batch, surprises)
    const { heapBytes, rssMb } = takeStock()
    const ended = (heap.at(-1)?.x ?? 0) + batch.length
    heap.push({ x: ended, y: heapBytes })
    worstRssMb = Math.max(worstRssMb, rssMb)
    printProgress(
      `soak: ${ended} of ${tasks} tasks, heap ${(heapBytes / 1024 ** 2).toFixed(1)} MB, resident ${rssMb} MB`,
    )
  }
  const tookMs = Math.round(performance.now() - startedAt)
  await delay(restMs)
  const after = takeStock()
  const zombies = countZombies()
  const { outcomesByCause } = supervisor.getMetrics()
  await supervisor.close()
  return {
    warmUp,
    tasks,
    tookMs,
    surprises,
    outcomesByCause,
    before,
    after,
    heap,
    heapBytesPerTask: Math.round(slopeOf(heap)),
    zombies,
    worst: { rssMb: worstRssMb },
  }
}

const split = <Item>(items: readonly Item[], parts: number): Item[][] => {
  const size = Math.max(1, Math.ceil(items.length / parts))
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}

const runAll = async (supervisor: AgentSupervisor, tasks: readonly SoakTask[], surprises: string[]): Promise<void> => {
  const waiting = tasks.values()
  const place = async (): Promise<void> => {
    for (const one of waiting) {
      const ending = await run(supervisor, one)
      if (ending !== one.cause) surprises.push(`${one.kind} (${one.options.isolation}): ${ending}, not ${one.cause}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, place))
}

const run = async (supervisor: AgentSupervisor, { task, options }: SoakTask): Promise<string> =>
  await supervisor.submit(task, options).outcome.then(
    ({ cause }) => cause,
    (error: { code?: string }) => String(error.code),
  )
