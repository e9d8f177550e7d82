import {
  carriesMarker,
  findMarkedProcesses,
  killTree,
  ownChildren,
  processStartTime,
  reapedChildrenMark,
  signalGroup,
} from './process-tree.ts'

/** Every child process that running sessions have started, and their deaths when the session ends. */
export class ChildRegistry {
  /** session → pid of a group leader → its start time. */
  readonly #children: Map<string, Map<number, string | null>> = new Map()
  readonly #toSweep: Set<string> = new Set()
  #sweeping: Promise<void> | undefined
  #reapedMark: string | null = reapedChildrenMark()

  /** A worker says whose children they are; a number that it makes up must not end somebody else's process. */
  add(sessionId: string, pid: number): void {
    if (carriesMarker(pid, sessionId) === false) return
    const children = this.#children.get(sessionId) ?? new Map<number, string | null>()
    children.set(pid, processStartTime(pid))
    this.#children.set(sessionId, children)
  }

  /** A leader that has exited may leave members of its group behind; they carry the session's marker. */
  remove(sessionId: string, pid: number): void {
    this.#children.get(sessionId)?.delete(pid)
    this.#toSweep.add(sessionId)
  }

  /** Kills what the session has started. Synchronous, for exit hooks; stragglers are looked for afterwards. */
  killAll(sessionId: string): void {
    const children = this.#children.get(sessionId)
    if (children === undefined && !this.#mayHaveStrays()) return
    this.#children.delete(sessionId)
    for (const [pid, startTime] of children ?? []) {
      if (processStartTime(pid) === startTime) signalGroup(pid, 'SIGKILL')
    }
    this.#toSweep.add(sessionId)
    this.#sweep()
  }

  /** Somebody may have started what nobody registered: there is a child process, or there was one. */
  #mayHaveStrays(): boolean {
    return this.#hasReaped() || ownChildren().length > 0
  }

  /** A daemon's parent has come and gone. */
  #hasReaped(): boolean {
    const mark = reapedChildrenMark()
    const hasReaped = mark !== this.#reapedMark
    this.#reapedMark = mark
    return hasReaped
  }

  /** For a session whose thread has started processes on its own, outside its context. */
  killTrees(sessionId: string, pids: readonly number[]): void {
    if (pids.length === 0) return
    for (const pid of pids) killTree(pid)
    this.#toSweep.add(sessionId)
    this.#sweep()
  }

  /** Resolves when no process of an ended session is left. */
  async swept(): Promise<void> {
    while (this.#sweeping !== undefined) await this.#sweeping
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

  /** One look at the process table serves every session that has ended since the last one. */
  async #sweepOnce(): Promise<void> {
    const sessionIds = new Set(this.#toSweep)
    this.#toSweep.clear()
    for (const pid of await findMarkedProcesses(sessionIds)) killTree(pid)
  }
}
