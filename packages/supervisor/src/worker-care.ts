import { ChildRegistry } from './children/child-registry.ts'
import { Guardian } from './children/guardian.ts'
import { ownProcesses } from './children/own-processes.ts'
import { isChildOf, mayBeOrphanOf } from './children/process-tree.ts'
import { workerMark } from './children/worker-marker.ts'
import { createSessionId } from './ended-sessions.ts'
import type { GuardedWorker } from './memory/guarded-worker.ts'
import { MemoryGuard } from './memory/memory-guard.ts'
import type { Isolation } from './session/outcome.ts'
import type { Session } from './session/session.ts'

/** A worker, by whoever answers for it: a session, or a spare that has none yet. */
export interface CaredWorker extends GuardedWorker {
  readonly workerId: string
  readonly isolation: Isolation
}

/** What is done around a worker while it lives, and after it, whichever tier it is of. */
export interface WorkerCare {
  /** Before it is started, and again by the session that takes a spare. */
  starting(worker: CaredWorker): void
  started(worker: CaredWorker): void
  /** Another answers for its worker now. */
  handedOver(spare: CaredWorker): void
  /** Whether it is believed. */
  child(session: Session, pid: number, alive: boolean): boolean
  settled(session: Session): void
  ended(worker: CaredWorker): void
}

/** Its memory is read, its child processes are known and end with it, also when this process does not live to see that. */
export class SystemCare implements WorkerCare {
  /** In the markers of all workers: what the guardian has to know of them, whichever they are. */
  readonly mark: string
  readonly children: ChildRegistry
  readonly #id: string = createSessionId('supervisor')
  readonly #workers: Set<string> = new Set()
  readonly #guardian: Guardian
  readonly #memory: MemoryGuard = new MemoryGuard()

  constructor(log: (message: string) => void) {
    this.mark = workerMark(this.#id)
    this.#guardian = new Guardian({ log })
    this.children = new ChildRegistry(this.#guardian)
  }

  starting(worker: CaredWorker): void {
    this.#memory.watch(worker)
    this.children.watch(worker.workerId)
    if (worker.isolation !== 'thread') this.#guard(worker.workerId)
  }

  started({ workerId, isolation, workerPid }: CaredWorker): void {
    // A thread runs none of its code before this turn is over, and starts 3 to 5 ms sooner when the guardian comes second.
    if (isolation === 'thread') this.#guard(workerId)
    if (workerPid !== undefined) this.children.addWorker(workerId, workerPid)
  }

  handedOver(spare: CaredWorker): void {
    this.#memory.unwatch(spare)
  }

  child(session: Session, pid: number, alive: boolean): boolean {
    if (!alive) {
      this.children.remove(session.workerId, pid)
      return true
    }
    // A number that a task makes up must not end somebody else's process.
    if (!this.#isChild(session, pid) || ownProcesses.has(pid)) return false
    this.children.add(session.workerId, pid)
    if (session.settlement !== undefined) this.children.killAll(session.workerId)
    return true
  }

  /** What a worker process says last is heard when it is gone already, and its children have another parent. */
  #isChild({ workerId, workerPid }: Session, pid: number): boolean {
    if (workerPid === undefined) return isChildOf(pid, process.pid)
    return isChildOf(pid, workerPid) || mayBeOrphanOf(pid, workerPid, this.children.startTimeOf(workerId, workerPid))
  }

  settled(session: Session): void {
    // After whoever waits for the result. The session's end looks for others, and a wedged one may have none.
    const { workerId, isWedged } = session
    setImmediate(() => (isWedged ? this.children.killAll(workerId) : this.children.killKnown(workerId)))
  }

  /** While it makes a heap snapshot a worker holds memory that is not its task's. Returns what ends that. */
  excuse(session: Session): () => void {
    return this.#memory.excuse(session)
  }

  ended(worker: CaredWorker): void {
    this.#memory.unwatch(worker)
    this.children.killAll(worker.workerId)
    void this.#forget(worker.workerId)
  }

  /** Told of each worker the guardian would have to be written to for each task, and woken. */
  #guard(workerId: string): void {
    this.#workers.add(workerId)
    this.#guardian.watchMark(this.#id)
  }

  async #forget(workerId: string): Promise<void> {
    await this.children.swept(workerId)
    this.children.forget(workerId)
    this.#workers.delete(workerId)
    if (this.#workers.size === 0) this.#guardian.forgetMark(this.#id)
  }

  /** Resolves when no process of an ended session is left, and no guardian. */
  async close(): Promise<void> {
    await this.children.swept()
    await this.#guardian.close()
  }
}
