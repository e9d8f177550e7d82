import { setTimeout as delay } from 'node:timers/promises'
import type { Guardian } from './guardian.ts'
import { ownProcesses } from './own-processes.ts'
import {
  findMarkedProcesses,
  killTree,
  ownChildren,
  processStartTime,
  reapedChildrenMark,
  signalGroup,
} from './process-tree.ts'

const BETWEEN_LOOKS_MS = 25

/** A process that the kernel does not let go must not hold whoever waits for the sweep. */
const MOST_LOOKS = 80

/** Every child process that running sessions have started, and their deaths when the session ends. */
export class ChildRegistry {
  /** session → pid of a group leader → its start time. */
  readonly #children: Map<string, Map<number, string | null>> = new Map()
  readonly #toSweep: Set<string> = new Set()
  #inSweep: ReadonlySet<string> = new Set()
  #sweeping: Promise<void> | undefined
  /** session → `reapedChildrenMark` before it started. */
  readonly #marks: Map<string, string | null> = new Map()
  readonly #guardian: Guardian | undefined

  /** Without a guardian, children outlive a crash of this process. */
  constructor(guardian?: Guardian) {
    this.#guardian = guardian
  }

  /** Before the session's worker starts. */
  watch(sessionId: string): void {
    this.#marks.set(sessionId, reapedChildrenMark())
  }

  /** When its worker has ended and its strays were swept. */
  forget(sessionId: string): void {
    this.#marks.delete(sessionId)
  }

  add(sessionId: string, pid: number): void {
    const children = this.#children.get(sessionId) ?? new Map<number, string | null>()
    const startTime = processStartTime(pid)
    children.set(pid, startTime)
    this.#children.set(sessionId, children)
    this.#guardian?.watchGroup(pid, startTime)
  }

  /** Of a registered process; null when it is none. */
  startTimeOf(sessionId: string, pid: number): string | null {
    return this.#children.get(sessionId)?.get(pid) ?? null
  }

  /**
   * A leader that has exited may leave members of its group behind; they carry the session's marker. One that is unknown, or
   * lives, is no news: a task may say anything, and as often as it likes.
   */
  remove(sessionId: string, pid: number): void {
    const startTime = this.#children.get(sessionId)?.get(pid)
    if (startTime === undefined || (startTime !== null && processStartTime(pid) === startTime)) return
    this.#children.get(sessionId)?.delete(pid)
    this.#guardian?.forgetGroup(pid)
    this.#toSweep.add(sessionId)
  }

  /** Kills what the session has started. Synchronous, for exit hooks; stragglers are looked for afterwards. */
  killAll(sessionId: string): void {
    const children = this.#children.get(sessionId)
    if (children === undefined && !this.#mayHaveStrays(sessionId)) return
    this.#children.delete(sessionId)
    for (const [pid, startTime] of children ?? []) {
      if (processStartTime(pid) === startTime) signalGroup(pid, 'SIGKILL')
      this.#guardian?.forgetGroup(pid)
    }
    this.#toSweep.add(sessionId)
    this.#sweep()
  }

  /**
   * Somebody may have started what nobody registered: there is a child process, or there was one since the session began (a
   * daemon's parent has come and gone). Other sessions that have ended since have seen that too, but swept for themselves.
   */
  #mayHaveStrays(sessionId: string): boolean {
    if (!this.#marks.has(sessionId)) return false
    return this.#marks.get(sessionId) !== reapedChildrenMark() || ownChildren().length > 0
  }

  /** For a session whose thread has started processes on its own, outside its context. */
  killTrees(sessionId: string, pids: readonly number[]): void {
    const strays = pids.filter((pid) => !ownProcesses.has(pid))
    if (strays.length === 0) return
    for (const pid of strays) killTree(pid)
    this.#toSweep.add(sessionId)
    this.#sweep()
  }

  /** Resolves when no process of the session is left, which has ended; without an id, of any ended session. */
  async swept(sessionId?: string): Promise<void> {
    while (this.#sweeping !== undefined && this.#isToBeSwept(sessionId)) await this.#sweeping
  }

  #isToBeSwept(sessionId: string | undefined): boolean {
    return sessionId === undefined || this.#toSweep.has(sessionId) || this.#inSweep.has(sessionId)
  }

  get sessionIds(): string[] {
    return [...this.#children.keys()]
  }

  #sweep(): void {
    this.#sweeping ??= this.#sweepOnce().finally(() => {
      this.#sweeping = undefined
      if (this.#toSweep.size > 0) this.#sweep()
    })
  }

  /** Looks at the process table until nothing is found; one look serves every session that has ended since the last one. */
  async #sweepOnce(): Promise<void> {
    this.#inSweep = new Set(this.#toSweep)
    this.#toSweep.clear()
    for (let look = 0; look < MOST_LOOKS; look++) {
      const strays = await findMarkedProcesses(this.#inSweep)
      if (strays.length === 0) return
      for (const pid of strays) killTree(pid)
      // What was killed is gone a moment later, and what it was just starting shows its mark by then.
      await delay(BETWEEN_LOOKS_MS)
    }
  }
}
