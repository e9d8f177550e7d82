import type { Clock } from './clock.ts'
import { journalFailed, type SupervisorError } from './errors.ts'
import { type SessionJournal, snapshotOf } from './journal.ts'
import type { Admission } from './memory/admission.ts'
import type { TaskOptions } from './options.ts'
import { Session, type SessionObserver, type TransportChoice } from './session/session.ts'
import type { SessionTask, Settlement } from './session/session-task.ts'
import { callBack, Ticket } from './submission.ts'
import type { Transport } from './tiers/transport.ts'
import type { WorkerCare } from './worker-care.ts'

export interface PoolParts {
  readonly clock: Clock
  readonly admission: Admission
  readonly journal: SessionJournal | undefined
  readonly care: WorkerCare
  readonly transportFor: (task: SessionTask, ...moment: Parameters<TransportChoice>) => Transport
  readonly listener: PoolListener
}

/** Called synchronously, must not throw. */
export interface PoolListener {
  changed(session: Session): void
  settled(session: Session, settlement: Settlement): void
  /** The next task waits for so many MB. */
  waitsForMemory(megabytes: number): void
  /** Nothing runs and nothing waits. */
  drained(): void
  journalFailed(cause: unknown): void
  log(message: string): void
}

/** Every session from its acceptance to its end: who waits, who runs, and that each is told how it went. */
export class SessionPool {
  readonly #parts: PoolParts
  readonly #tickets: Map<Session, Ticket> = new Map()
  readonly #sessions: Map<string, Session> = new Map()
  readonly #journalWrites: Set<Promise<void>> = new Set()
  /** Settles when the journal has answered. */
  readonly #accepted: WeakMap<Session, Promise<void>> = new WeakMap()
  #idle: (() => void)[] = []
  #waitsForMemory: string | undefined
  /** While it is true nothing starts in the place of a session that ends. */
  #isHeld = false

  constructor(parts: PoolParts) {
    this.#parts = parts
  }

  get sessions(): Session[] {
    return [...this.#sessions.values()]
  }

  get size(): number {
    return this.#sessions.size
  }

  get(sessionId: string): Session | undefined {
    return this.#sessions.get(sessionId)
  }

  ticketOf(sessionId: string): Ticket | undefined {
    const session = this.#sessions.get(sessionId)
    return session && this.#tickets.get(session)
  }

  accept(task: SessionTask, options: TaskOptions): { session: Session; ticket: Ticket } {
    const { clock, transportFor } = this.#parts
    const session = new Session(task, (moment) => transportFor(task, moment), clock, this.#observer)
    const ticket = new Ticket(options)
    this.#tickets.set(session, ticket)
    this.#sessions.set(session.id, session)
    void this.#enqueue(session, ticket)
    return { session, ticket }
  }

  cancelAll(reason: string, graceful: boolean): void {
    // Or one that waits would start in the place of another that was just cancelled, for a moment.
    this.#hold(() => {
      for (const session of this.sessions) session.cancel('shutdown', reason, graceful)
    })
    this.startNext()
  }

  /** Resolves when every session has ended or is known to be wedged, and is written down. */
  async settled(): Promise<void> {
    if (!this.#isQuiet()) await new Promise<void>((resolve) => this.#idle.push(resolve))
    await Promise.all(this.#journalWrites)
  }

  async #enqueue(session: Session, ticket: Ticket): Promise<void> {
    const { journal, admission } = this.#parts
    const accepted = Promise.withResolvers<void>()
    this.#accepted.set(session, accepted.promise)
    // It may be cancelled from now on, also while the journal takes its time.
    ticket.listen(session)
    try {
      await journal?.queued(snapshotOf(session, ticket.options.metadata))
    } catch (cause) {
      return this.#refuse(session, ticket, journalFailed(cause))
    } finally {
      accepted.resolve()
    }
    if (session.state !== 'queued') return
    admission.enqueue(session)
    this.startNext()
  }

  #refuse(session: Session, ticket: Ticket, error: SupervisorError): void {
    ticket.refuse(error)
    // A session that is not on record has no outcome to tell: to the journal it never was.
    this.#tickets.delete(session)
    session.cancel('shutdown', error.message, false)
  }

  /** Call it when there may be room that was not there before. */
  startNext(): void {
    if (this.#isHeld) return
    const { admission, care } = this.#parts
    // One that ends within its start makes room for the next in this loop, not in a loop within it.
    this.#hold(() => {
      for (let session = admission.next(); session !== undefined; session = admission.next()) {
        session.start()
        care.started(session)
      }
    })
    this.#explainWaiting()
  }

  #hold(act: () => void): void {
    const wasHeld = this.#isHeld
    this.#isHeld = true
    try {
      act()
    } finally {
      this.#isHeld = wasHeld
    }
  }

  /** Once for each task that waits for memory, not at each look at the queue. */
  #explainWaiting(): void {
    const { head, waitingFor, missingMb, committedMb, budgetMb } = this.#parts.admission.metrics()
    if (waitingFor !== 'memory' || head === undefined) return
    this.#parts.listener.waitsForMemory(missingMb)
    if (head.id === this.#waitsForMemory) return
    this.#waitsForMemory = head.id
    this.#parts.listener.log(
      `Task ${head.id} waits for memory: ${committedMb} MB of ${budgetMb} MB are promised to running tasks`,
    )
  }

  readonly #observer: SessionObserver = {
    changed: (session) => this.#onChanged(session),
    settled: (session, settlement) => this.#onSettled(session, settlement),
    progress: (session, value) => callBack(this.#optionsOf(session)?.onProgress, value),
    log: (session, line) => callBack(this.#optionsOf(session)?.onLog, line),
    checkpoint: (session, value) => callBack(this.#optionsOf(session)?.onCheckpoint, value),
    artifact: (session, artifact) => callBack(this.#optionsOf(session)?.onArtifact, artifact),
    child: (session, pid, alive) => this.#parts.care.child(session, pid, alive),
  }

  #optionsOf(session: Session): TaskOptions | undefined {
    return this.#tickets.get(session)?.options
  }

  #onSettled(session: Session, settlement: Settlement): void {
    const { care, journal, listener } = this.#parts
    care.settled(session)
    const ticket = this.#tickets.get(session)
    if (ticket === undefined) return
    ticket.settle(settlement)
    this.#tickets.delete(session)
    this.#write(async () => {
      // Nothing ends on record that has not begun there.
      await this.#accepted.get(session)
      await journal?.ended?.(snapshotOf(session, ticket.options.metadata), settlement.outcome)
    })
    listener.settled(session, settlement)
  }

  #onChanged(session: Session): void {
    // Only now it is known which worker it gets.
    if (session.state === 'starting') this.#parts.care.starting(session)
    if (session.state === 'running') this.#tickets.get(session)?.markRunning(session.id)
    if (session.state === 'ended') this.#onEnded(session)
    this.#parts.listener.changed(session)
    if (this.#isQuiet()) for (const resolve of this.#idle.splice(0)) resolve()
  }

  #onEnded(session: Session): void {
    const { admission, care, listener } = this.#parts
    care.ended(session)
    admission.release(session)
    this.#sessions.delete(session.id)
    this.startNext()
    if (this.#sessions.size === 0) listener.drained()
  }

  #isQuiet(): boolean {
    for (const session of this.#sessions.values()) if (!session.isWedged) return false
    return true
  }

  #write(write: () => Promise<void>): void {
    const kept = write()
      .catch((cause: unknown) => this.#parts.listener.journalFailed(cause))
      .finally(() => this.#journalWrites.delete(kept))
    this.#journalWrites.add(kept)
  }
}
