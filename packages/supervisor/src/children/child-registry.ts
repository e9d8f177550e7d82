import { setTimeout as delay } from 'node:timers/promises'
import type { Guardian } from './guardian.ts'
import { ownProcesses } from './own-processes.ts'
import {
  childrenOfFirstThread,
  findMarkedProcesses,
  killTree,
  processStartTime,
  reapedChildrenMark,
  signalGroup,
} from './process-tree.ts'
import { UnmarkedProcesses } from './unmarked-processes.ts'

const BETWEEN_LOOKS_MS = 25

/** A process that the kernel does not let go must not hold whoever waits for the sweep. */
const MOST_LOOKS = 80

/** Every child process that workers have started, and their deaths when the worker ends. */
export class ChildRegistry {
  /** worker → pid of a group leader → its start time. */
  readonly #children: Map<string, Map<number, string | null>> = new Map()
  readonly #toSweep: Set<string> = new Set()
  #inSweep: ReadonlySet<string> = new Set()
  readonly #unmarked: UnmarkedProcesses = new UnmarkedProcesses()
  #sweeping: Promise<void> | undefined
  /** worker → `reapedChildrenMark` some time before it started. */
  readonly #marks: Map<string, string | null> = new Map()
  #lastMark: string | null | undefined
  readonly #guardian: Guardian | undefined

  /** Without a guardian, children outlive a crash of this process. */
  constructor(guardian?: Guardian) {
    this.#guardian = guardian
  }

  /**
   * Before the worker starts; a second time it changes nothing. The mark that was read last will do, however old: what was reaped
   * since is taken for the worker's, and looked for once in vain. To read it anew takes 0.05 ms.
   */
  watch(workerId: string): void {
    if (!this.#marks.has(workerId)) this.#marks.set(workerId, this.#lastMark ?? this.#readMark())
  }

  #readMark(): string | null {
    this.#lastMark = reapedChildrenMark()
    return this.#lastMark
  }

  /** When it has ended and its strays were swept. */
  forget(workerId: string): void {
    this.#marks.delete(workerId)
  }

  /** A worker that is a process of its own. */
  addWorker(workerId: string, pid: number): void {
    this.#register(workerId, pid, (startTime) => this.#guardian?.watchWorkerGroup(pid, startTime))
  }

  add(workerId: string, pid: number): void {
    this.#register(workerId, pid, (startTime) => this.#guardian?.watchGroup(pid, startTime))
  }

  #register(workerId: string, pid: number, watch: (startTime: string | null) => void): void {
    const children = this.#children.get(workerId) ?? new Map<number, string | null>()
    const startTime = processStartTime(pid)
    if (children.has(pid) && children.get(pid) === startTime) return
    children.set(pid, startTime)
    this.#children.set(workerId, children)
    watch(startTime)
  }

  /** Of a registered process; null when it is none. */
  startTimeOf(workerId: string, pid: number): string | null {
    return this.#children.get(workerId)?.get(pid) ?? null
  }

  /**
   * A leader that has exited may leave members of its group behind; they carry the worker's marker. One that is unknown, or
   * lives, is no news: a task may say anything, and as often as it likes.
   */
  remove(workerId: string, pid: number): void {
    const startTime = this.#children.get(workerId)?.get(pid)
    if (startTime === undefined || (startTime !== null && processStartTime(pid) === startTime)) return
    this.#children.get(workerId)?.delete(pid)
    this.#guardian?.forgetGroup(pid)
    this.#toSweep.add(workerId)
  }

  /** Kills what the worker has started. Synchronous, for exit hooks; stragglers are looked for afterwards. */
  killAll(workerId: string): void {
    this.killKnown(workerId)
    if (!this.#toSweep.has(workerId) && !this.#mayHaveStrays(workerId)) return
    this.#toSweep.add(workerId)
    this.#sweep()
  }

  /** Of what the worker has started only what was registered; `killAll` follows when it has ended. */
  killKnown(workerId: string): void {
    const children = this.#children.get(workerId)
    if (children === undefined) return
    this.#children.delete(workerId)
    for (const [pid, startTime] of children) {
      if (processStartTime(pid) === startTime) signalGroup(pid, 'SIGKILL')
      this.#guardian?.forgetGroup(pid)
    }
    this.#toSweep.add(workerId)
  }

  /**
   * Somebody may have started what nobody registered: there is a child process, or there was one since the worker began (a
   * daemon's parent has come and gone). Other workers that have ended since have seen that too, but swept for themselves.
   */
  #mayHaveStrays(workerId: string): boolean {
    if (!this.#marks.has(workerId)) return false
    return this.#marks.get(workerId) !== this.#readMark() || childrenOfFirstThread().length > 0
  }

  /** For a thread that has started processes on its own, outside its context. */
  killTrees(workerId: string, pids: readonly number[]): void {
    const strays = pids.filter((pid) => !ownProcesses.has(pid))
    if (strays.length === 0) return
    for (const pid of strays) killTree(pid)
    this.#toSweep.add(workerId)
    this.#sweep()
  }

  /** Resolves when no process of a worker is left, which has ended; without an id, of any ended worker. */
  async swept(workerId?: string): Promise<void> {
    while (this.#sweeping !== undefined && this.#isToBeSwept(workerId)) await this.#sweeping
  }

  #isToBeSwept(workerId: string | undefined): boolean {
    return workerId === undefined || this.#toSweep.has(workerId) || this.#inSweep.has(workerId)
  }

  get workerIds(): string[] {
    return [...this.#children.keys()]
  }

  #sweep(): void {
    this.#sweeping ??= this.#sweepOnce().finally(() => {
      this.#sweeping = undefined
      if (this.#toSweep.size > 0) this.#sweep()
    })
  }

  /** Looks at the process table until nothing is found; one look serves every worker that has ended since the last one. */
  async #sweepOnce(): Promise<void> {
    this.#inSweep = new Set(this.#toSweep)
    this.#toSweep.clear()
    for (let look = 0; look < MOST_LOOKS; look++) {
      const strays = await findMarkedProcesses(this.#inSweep, this.#unmarked)
      if (strays.length === 0) return
      for (const pid of strays) killTree(pid)
      // What was killed is gone a moment later, and what it was just starting shows its mark by then.
      await delay(BETWEEN_LOOKS_MS)
    }
  }
}
