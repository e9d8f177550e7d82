import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type Clock, systemClock } from '../clock.ts'
import { forgetGroupLine, forgetMarkLine, GUARD, GuardList, watchGroupLine, watchMarkLine } from './guard-list.ts'
import { ownProcesses } from './own-processes.ts'

export interface GuardianOptions {
  /** Told when the process dies or cannot be started. */
  readonly log: (message: string) => void
  /** For tests; its timers must not keep this process alive. @default the system's, with such timers */
  readonly clock?: Clock
}

/** More deaths than this within a minute: somebody ends every new one, and a restart only costs. */
const MOST_DEATHS = 5
const MINUTE_MS = 60_000

/** Longer than the guardian's own limit for its last sweep. */
const CLOSE_TIMEOUT_MS = 5_000

/**
 * What is over, and the groups of workers, which are found by their marks as well, are told with what begins next, or after this: it
 * saves a write, and a wake-up of the other side, and for most short tasks both.
 */
const TOLD_WITHIN_MS = 100

/** A guardian that is this far behind does not read at all (stopped by a signal): what waits here would be lost. */
const MOST_UNREAD_BYTES = 1024 * 1024

/*
 *              a change, list not empty           dies, list not empty
 *   idle ───────────────────────────────▶ running ─────────────────────▶ running (another process)
 *    ▲                                      │  │
 *    ├── dies with an empty list, or ◀──────┤  └── dies for the 6th time within a minute ──▶ paused
 *    │   could not be started               │                                                │
 *    └──────────────────────────────────────┼──────────── a minute has gone ◀────────────────┘
 *                            close()        ▼
 *   any state ───────────────────────────▶ closed
 */
type GuardianState =
  | { readonly name: 'idle' }
  | { readonly name: 'running'; readonly child: ChildProcess }
  | { readonly name: 'paused'; readonly cancelTimer: () => void }
  | { readonly name: 'closed'; readonly gone: Promise<void> }

/**
 * A small process that outlives this one, and then ends what this one has left: its end of a pipe says when. Neither it nor
 * the pipe keeps this process alive. Nothing here throws: tasks go on without a guardian.
 */
export class Guardian {
  readonly #log: (message: string) => void
  readonly #clock: Clock
  readonly #list: GuardList = new GuardList()
  #state: GuardianState = { name: 'idle' }
  #deaths: readonly number[] = []
  /** Changes that the process has not heard of yet. */
  readonly #untold: string[] = []
  #cancelTelling: (() => void) | undefined

  constructor(options: GuardianOptions) {
    this.#log = options.log
    this.#clock = options.clock ?? backgroundClock
  }

  /** Starts the process at the first call. Before a process with that id in its marker starts. */
  watchMark(id: string): void {
    if (this.#list.marks.has(id)) return
    if (!this.#takeBack(forgetMarkLine(id))) return this.#tellNow(watchMarkLine(id))
    this.#list.apply(watchMarkLine(id))
    // It may have died in between, with nothing to guard.
    this.#startIfNeeded()
  }

  /** Call it when those have ended and their strays were swept. */
  forgetMark(id: string): void {
    this.#tellSoon(forgetMarkLine(id))
  }

  /** The leader of a process group, with its start time from `processStartTime`. */
  watchGroup(leader: number, startTime: string | null): void {
    this.#tellNow(watchGroupLine(leader, startTime))
  }

  /** Of a worker, whose leader carries a mark that is watched. */
  watchWorkerGroup(leader: number, startTime: string | null): void {
    // Where there is no /proc nothing is found by its marks.
    if (startTime === null) return this.watchGroup(leader, startTime)
    this.#tellSoon(watchGroupLine(leader, startTime))
  }

  forgetGroup(leader: number): void {
    const startTime = this.#list.groups.get(leader) ?? null
    if (!this.#takeBack(watchGroupLine(leader, startTime))) return this.#tellSoon(forgetGroupLine(leader))
    this.#list.apply(forgetGroupLine(leader))
  }

  /** Its process id while it runs. */
  get pid(): number | undefined {
    return this.#state.name === 'running' ? this.#state.child.pid : undefined
  }

  /**
   * Ends the process in order and resolves when it has gone, within some 5 seconds. What is still on the list then (the
   * thread that could not be ended) is killed.
   */
  close(): Promise<void> {
    if (this.#state.name === 'closed') return this.#state.gone
    if (this.#state.name === 'paused') this.#state.cancelTimer()
    this.#tell()
    const gone = this.#state.name === 'running' ? this.#end(this.#state.child) : Promise.resolve()
    this.#state = { name: 'closed', gone }
    return gone
  }

  #tellNow(line: string): void {
    this.#list.apply(line)
    if (this.#state.name === 'running') return this.#tell(line)
    this.#startIfNeeded()
  }

  /**
   * Nothing is lost when the process hears late what is over: a number that another process has got by then has another start time. Nor
   * that a group has begun: as long as its leader lives it is found by its mark.
   */
  #tellSoon(line: string): void {
    this.#list.apply(line)
    if (this.#state.name !== 'running') return this.#startIfNeeded()
    this.#untold.push(line)
    this.#cancelTelling ??= this.#clock.setTimer(TOLD_WITHIN_MS, () => this.#tell())
  }

  /** False when the process has heard it already, or is just about to hear it with its whole list. */
  #takeBack(line: string): boolean {
    const untold = this.#untold.indexOf(line)
    if (untold !== -1) this.#untold.splice(untold, 1)
    return untold !== -1
  }

  #startIfNeeded(): void {
    if (this.#state.name === 'idle' && !this.#list.isEmpty) this.#start()
  }

  #start(): void {
    let child: ChildProcess
    try {
      child = spawnGuardian()
    } catch (error) {
      return this.#onNotStarted(error as Error)
    }
    this.#state = { name: 'running', child }
    child.once('error', (error) => this.#isCurrent(child) && this.#onNotStarted(error))
    child.once('exit', (code, signal) => this.#isCurrent(child) && this.#onDied(child, signal ?? `exit code ${code}`))
    this.#takeUntold()
    this.#send(child, this.#list.lines)
  }

  #tell(...lines: readonly string[]): void {
    const all = [...this.#takeUntold(), ...lines]
    if (this.#state.name === 'running' && all.length > 0) this.#send(this.#state.child, all)
  }

  #takeUntold(): readonly string[] {
    this.#cancelTelling?.()
    this.#cancelTelling = undefined
    return this.#untold.splice(0)
  }

  /**
   * The stream writes at once as long as the pipe has room, and the kernel keeps what was written, also before the other
   * side has booted: it is safe when this returns.
   */
  #send(child: ChildProcess, lines: readonly string[]): void {
    const { stdin } = child
    if (stdin === null || !stdin.writable) return
    stdin.write(`${lines.join('\n')}\n`)
    if (stdin.writableLength > MOST_UNREAD_BYTES) child.kill('SIGKILL')
  }

  #isCurrent(child: ChildProcess): boolean {
    return this.#state.name === 'running' && this.#state.child === child
  }

  /** Not tried again before the next change: what is wrong with it now will not be right a moment later. */
  #onNotStarted({ message }: Error): void {
    this.#log(`The guardian could not be started (${message}): what tasks start may outlive a crash of this process`)
    this.#state = { name: 'idle' }
    this.#countDeath()
  }

  #onDied({ pid }: ChildProcess, how: string): void {
    this.#log(`The guardian (process ${pid}) has died: ${how}`)
    this.#state = { name: 'idle' }
    this.#countDeath()
    if (this.#state.name === 'idle') this.#restart()
  }

  #restart(): void {
    if (this.#list.isEmpty) return
    this.#start()
    if (this.pid !== undefined) this.#log(`A new guardian (process ${this.pid}) has taken over`)
  }

  #countDeath(): void {
    const now = this.#clock.now()
    this.#deaths = [...this.#deaths.filter((at) => at > now - MINUTE_MS), now]
    if (this.#deaths.length > MOST_DEATHS) this.#pause()
  }

  #pause(): void {
    this.#log('The guardian has died too often: for a minute, what tasks start may outlive a crash of this process')
    this.#deaths = []
    const cancelTimer = this.#clock.setTimer(MINUTE_MS, () => {
      this.#state = { name: 'idle' }
      this.#restart()
    })
    this.#state = { name: 'paused', cancelTimer }
  }

  async #end(child: ChildProcess): Promise<void> {
    // Whoever waits for this must not find the process ended in between.
    child.ref()
    const exited = once(child, 'exit')
    child.stdin?.end()
    const cancelTimer = this.#clock.setTimer(CLOSE_TIMEOUT_MS, () => child.kill('SIGKILL'))
    // Rejects when it never started: gone is gone.
    await exited.catch(() => {})
    cancelTimer()
  }
}

/** Its own door in `exports`, so that it is found from source, from dist and under a bundler alike. */
const guardianProcess = fileURLToPath(import.meta.resolve('@mayfly/supervisor/guardian-process'))

/**
 * No helper threads for V8, which has nothing to do. Limits for its heap are left out on purpose: they make Node 22 and 24
 * refuse their built-in code cache, which costs 8 ms at the start and saves no memory.
 */
const FLAGS = ['--v8-pool-size=0']

const spawnGuardian = (): ChildProcess => {
  const child = spawn(process.execPath, [...FLAGS, guardianProcess, GUARD], {
    cwd: '/',
    env: guardianEnvironment(),
    // A session of its own: no signal of a terminal, and none to this process's group, reaches it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const { pid } = child
  if (pid !== undefined) {
    ownProcesses.add(pid)
    child.once('exit', () => ownProcesses.delete(pid))
  }
  child.unref()
  // EPIPE of a guardian that has just died; its exit tells more.
  child.stdin?.on('error', () => {})
  ;(child.stdin as Socket | null)?.unref()
  return child
}

/** No secret, and no marker: a sweep for this process's own surroundings must not take it for a task. */
const guardianEnvironment = (): NodeJS.ProcessEnv => {
  // Where Node's libraries are, on systems that say it this way.
  const libraries = process.env['LD_LIBRARY_PATH']
  return libraries === undefined ? {} : { LD_LIBRARY_PATH: libraries }
}

const backgroundClock: Clock = {
  now: systemClock.now,
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, delayMs).unref()
    return () => clearTimeout(timer)
  },
}
