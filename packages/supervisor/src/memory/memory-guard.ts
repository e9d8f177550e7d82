import type { Session } from '../session/session.ts'

/** Often enough that, with 1 GiB of slack, none of 100 memory bombs took the process down. */
const INTERVAL_MS = 25

/** A reading asked for before the worker's isolate exists, or during a native call, may never be answered. */
const UNANSWERED_AFTER_MS = 1000

/** Reads the memory of every running worker from outside and tells its session. */
export class MemoryGuard {
  readonly #sessions: Map<Session, number> = new Map()
  #timer: NodeJS.Timeout | undefined

  watch(session: Session): void {
    this.#sessions.set(session, Number.NEGATIVE_INFINITY)
    this.#timer ??= setInterval(() => this.#readAll(), INTERVAL_MS).unref()
  }

  unwatch(session: Session): void {
    this.#sessions.delete(session)
    if (this.#sessions.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #readAll(): void {
    const now = performance.now()
    for (const [session, pendingSince] of this.#sessions) {
      if (now - pendingSince >= UNANSWERED_AFTER_MS) void this.#read(session, now)
    }
  }

  async #read(session: Session, now: number): Promise<void> {
    this.#sessions.set(session, now)
    const sample = await session.sample()
    if (this.#sessions.get(session) !== now) return
    this.#sessions.set(session, Number.NEGATIVE_INFINITY)
    if (sample !== undefined) session.observe(sample)
  }
}
