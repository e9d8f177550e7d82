import { setTimeout as delay } from 'node:timers/promises'
import { printProgress } from '../../common/output.ts'
import type { Random } from '../../planner/random.ts'
import type { Belongings } from '../belongings.ts'
import type { Point } from '../slope.ts'
import { between } from './draw.ts'
import type { Hosts } from './hosts.ts'
import { findProcessesOfAgents } from './leftovers.ts'
import type { Ended, Runner } from './runner.ts'
import type { Scenario } from './scenario.ts'
import type { ScratchFolder } from './scratch-folder.ts'

export interface CourseParts {
  readonly scratch: ScratchFolder
  readonly runner: Runner
  readonly hosts: Hosts
  readonly random: Random
}

/** What one process has held. */
export interface HostFindings {
  readonly before: Belongings
  readonly after: Belongings
  /** Heap after garbage collections while nothing ran, by the number of runs that had ended. */
  readonly heap: readonly Point[]
}

export interface CourseFindings {
  readonly ended: readonly Ended[]
  readonly tookMs: number
  readonly serving: HostFindings
  readonly inPlace: HostFindings
  /** Processes of agents that were there when nothing ran. */
  readonly strays: readonly string[]
}

const AT_ONCE = 6
const MOST_LOOKS = 25
const RUNS_BETWEEN_LOOKS = 8

/** A host that gets nothing to do for so long is ended idle. Milliseconds. */
const WORK_WITHIN_MS = 5_000

/** Longer than idle connections are kept, 4 s. */
const REST_MS = 6_000

/** Runs scenarios in batches, ends a host in the middle of each, and looks at the processes between them, when nothing runs. */
export class SoakCourse {
  readonly #parts: CourseParts
  readonly #ended: Ended[] = []
  readonly #looks: Look[] = []
  readonly #strays: string[] = []

  constructor(parts: CourseParts) {
    this.#parts = parts
  }

  async run(warmUp: readonly Scenario[], tasks: readonly Scenario[], minutes: number): Promise<CourseFindings> {
    await this.#runBatch(warmUp, { forMs: 0, kills: false })
    this.#parts.hosts.startMortal()
    await delay(REST_MS)
    const before = await this.#look(0)
    const startedAt = performance.now()
    const batches = split(tasks, Math.max(RUNS_BETWEEN_LOOKS, Math.ceil(tasks.length / MOST_LOOKS)))
    let count = 0
    for (const batch of batches) {
      await this.#runBatch(batch, { forMs: (minutes * 60_000) / batches.length, kills: true })
      count += batch.length
      this.#looks.push(await this.#look(count))
      this.#tell(count, tasks.length)
    }
    const tookMs = Math.round(performance.now() - startedAt)
    await delay(REST_MS)
    const after = await this.#look(count)
    const findings = (host: 'serving' | 'inPlace'): HostFindings => ({
      before: before[host],
      after: after[host],
      heap: this.#looks.map((look) => ({ x: look.count, y: look[host].heapBytes })),
    })
    const [serving, inPlace] = [findings('serving'), findings('inPlace')]
    return { ended: this.#ended, tookMs, serving, inPlace, strays: this.#strays }
  }

  /** A few at one time; spread over the time that it is given, if any. */
  async #runBatch(scenarios: readonly Scenario[], { forMs, kills }: BatchOptions): Promise<void> {
    const beganAt = performance.now()
    const killAt = between(this.#parts.random, 0, Math.floor(scenarios.length / 2))
    const waiting = scenarios.entries()
    let killing = Promise.resolve()
    const place = async (): Promise<void> => {
      for (const [index, scenario] of waiting) {
        const dueAt = beganAt + (index / scenarios.length) * forMs
        await delay(Math.max(0, dueAt - performance.now()))
        if (kills && index === killAt) killing = this.#kill()
        this.#ended.push(await this.#parts.runner.run(scenario))
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, place))
    await killing
    await delay(Math.max(0, beganAt + forMs - performance.now()))
  }

  /** In the middle of an attempt if it makes one. */
  async #kill(): Promise<void> {
    const { random, hosts } = this.#parts
    const afterMs = between(random, 50, 1000)
    if (await hosts.isAtWork(WORK_WITHIN_MS)) await delay(afterMs)
    await hosts.kill(random.chance(0.75) ? 'SIGKILL' : 'SIGTERM')
  }

  async #look(count: number): Promise<Look> {
    const { hosts, scratch } = this.#parts
    this.#strays.push(...findProcessesOfAgents(scratch))
    return { count, serving: await hosts.steady.takeStock(), inPlace: await hosts.application.takeStock() }
  }

  #tell(count: number, of: number): void {
    const look = this.#looks.at(-1)
    const megabytes = (host: Belongings | undefined): string => ((host?.heapBytes ?? 0) / 1024 ** 2).toFixed(2)
    const { kills } = this.#parts.hosts
    printProgress(
      `agents: ${count} of ${of} runs, heap ${megabytes(look?.serving)} MB serving, ${megabytes(look?.inPlace)} MB in place, ${kills.SIGKILL + kills.SIGTERM} hosts ended`,
    )
  }
}

interface BatchOptions {
  /** Milliseconds over which they begin; 0: as fast as they go. */
  readonly forMs: number
  /** Whether a host is ended in the middle. */
  readonly kills: boolean
}

interface Look {
  readonly count: number
  readonly serving: Belongings
  readonly inPlace: Belongings
}

const split = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size))
