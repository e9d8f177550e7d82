import { ChildRegistry } from './children/child-registry.ts'
import { MemoryGuard } from './memory/memory-guard.ts'
import type { Session } from './session/session.ts'

/** What is done around a session while it lives, and after it, whichever tier it runs in. */
export interface SessionCare {
  /** Before its worker is started. */
  starting(session: Session): void
  started(session: Session): void
  child(session: Session, pid: number, alive: boolean): void
  settled(session: Session): void
  ended(session: Session): void
}

/** Its memory is read, its child processes are known and end with it. */
export class SystemCare implements SessionCare {
  readonly children: ChildRegistry = new ChildRegistry()
  readonly #memory: MemoryGuard = new MemoryGuard()

  starting(session: Session): void {
    this.#memory.watch(session)
  }

  started(session: Session): void {
    const { workerPid } = session
    if (workerPid !== undefined) this.children.add(session.id, workerPid)
  }

  child(session: Session, pid: number, alive: boolean): void {
    if (!alive) return this.children.remove(session.id, pid)
    this.children.add(session.id, pid)
    if (session.settlement !== undefined) this.children.killAll(session.id)
  }

  settled(session: Session): void {
    // After whoever waits for the result; the session's end kills them in any case.
    setImmediate(() => this.children.killAll(session.id))
  }

  ended(session: Session): void {
    this.#memory.unwatch(session)
    this.children.killAll(session.id)
  }
}
