import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { now } from '../common/clock.ts'
import { makeScratch } from '../common/scratch.ts'
import type { CellEnd, CellRecord, CellReport } from './cell.ts'
import { shorten } from './describe.ts'
import { ProcessWatch } from './process-watch.ts'
import type { AdversarialTask } from './task.ts'

const driver = fileURLToPath(new URL('./driver.ts', import.meta.url))

/** Beyond the time limit of its task; every wait of the driver together is shorter. */
const OVERTIME_MS = 13_500
const LEAVE_LIMIT_MS = 700
const LEFTOVER_MS = 1500

export interface CellPlan {
  readonly subject: string
  readonly task: AdversarialTask
  readonly commit: string | null
  /** Digits that stand in the command line of every process that the task starts. */
  readonly id: string
  /** A folder for Node's compile cache, which spares each driver a tenth of a second. */
  readonly cache: string
}

/** Cells that run at this moment; their processes do not hear a signal to whoever runs the matrix. */
const running: Set<ProcessWatch> = new Set()

/** For a runner that is told to end. */
export const abandonCells = (): void => {
  for (const watch of running) watch.killAll()
}

/** Runs one cell to its end and leaves nothing of it behind. */
export const runCell = async ({ subject, task, commit, id, cache }: CellPlan): Promise<CellRecord> => {
  await using scratch = await makeScratch()
  const child = startDriver([subject, task.name, id], scratch.folder, cache)
  const run = new DriverRun(child, id)
  using watch = run.watch
  running.add(watch)
  const end = await run.end(task.timeLimitMs + OVERTIME_MS)
  const processesLeft = await stillThere(watch)
  await killRest(watch)
  running.delete(watch)
  return { subject, task: task.name, commit, report: run.report, end, processesLeft }
}

/** A group and session of its own: what a task does to them does not reach whoever runs the matrix. */
const startDriver = (cell: readonly string[], folder: string, cache: string): ChildProcess =>
  spawn(process.execPath, [...process.execArgv, '--no-warnings', driver, ...cell], {
    cwd: folder,
    detached: true,
    env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder, LANG: 'C.UTF-8', NODE_COMPILE_CACHE: cache },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })

/** Listens to one driver until it has gone. */
class DriverRun {
  readonly watch: ProcessWatch
  readonly #child: ChildProcess
  readonly #startedAt: number = now()
  #report: Partial<CellReport> = {}
  #lastWords = ''
  #killedFor: 'hang' | 'memory-cap' | undefined
  #isExitStuck = false

  constructor(child: ChildProcess, id: string) {
    this.#child = child
    this.watch = new ProcessWatch(child.pid ?? -1, id, {
      tooLarge: () => this.#kill('memory-cap'),
      stopped: () => this.#kill('hang'),
    })
    createInterface({ input: child.stdio[3] as Readable }).on('line', (line) => this.#take(line))
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#lastWords = (this.#lastWords + chunk.subarray(-2000).toString('latin1')).slice(-2000)
    })
  }

  get report(): Partial<CellReport> {
    return this.#report
  }

  async end(limitMs: number): Promise<CellEnd> {
    const timer = setTimeout(() => this.#kill('hang'), limitMs)
    const [exitCode, signal] = (await once(this.#child, 'exit')) as [number | null, string | null]
    clearTimeout(timer)
    // A process that it has started may hold these open; what the driver wrote is read by then.
    await Promise.race([once(this.#child, 'close'), sleep(100)])
    for (const stream of [this.#child.stderr, this.#child.stdio[3]]) stream?.destroy()
    const how = this.#how()
    const end: CellEnd = {
      ...{ how, exitCode, signal, isExitStuck: this.#isExitStuck },
      ...{ afterMs: Math.round(now() - this.#startedAt), peakResidentMb: this.watch.peakMb },
    }
    return how === 'died' ? { ...end, lastWords: telling(this.#lastWords) } : end
  }

  #how(): CellEnd['how'] {
    if (this.#report.stage === 'leaving') return 'left'
    return this.#killedFor ?? 'died'
  }

  #take(line: string): void {
    const found = parseReport(line)
    if (found === undefined) return
    this.#report = { ...this.#report, ...found }
    if (found.stage === 'leaving') setTimeout(() => this.#killStuck(), LEAVE_LIMIT_MS).unref()
  }

  #killStuck(): void {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#isExitStuck = true
    this.#child.kill('SIGKILL')
  }

  #kill(why: 'hang' | 'memory-cap'): void {
    this.#killedFor ??= why
    this.#child.kill('SIGKILL')
  }
}

/** A task can write to any file descriptor of a process that it shares. */
const parseReport = (line: string): CellReport | undefined => {
  try {
    const found = JSON.parse(line) as CellReport | null
    return typeof found?.stage === 'string' ? found : undefined
  } catch {
    return undefined
  }
}

/** The line that says why, where there is one; stack and dump follow it. */
const telling = (words: string): string => {
  const lines = words.split('\n').filter((line) => line.trim() !== '')
  return shorten(lines.find((line) => /^FATAL|Error\b|^#/.test(line)) ?? lines.at(-1) ?? '', 200)
}

/** Whoever starts nothing is not waited for. */
const stillThere = async (watch: ProcessWatch): Promise<string[]> => {
  let survivors = watch.survivors()
  for (const until = now() + LEFTOVER_MS; survivors.length > 0 && now() < until; ) {
    await sleep(50)
    survivors = watch.survivors()
  }
  return survivors.map(({ commandLine }) => shorten(commandLine, 80))
}

const killRest = async (watch: ProcessWatch): Promise<void> => {
  for (let round = 0; round < 100 && watch.survivors().length > 0; round++) {
    watch.killSurvivors()
    await sleep(20)
  }
}
