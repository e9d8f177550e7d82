import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from './clock.ts'
import { journalFailed, type SupervisorError } from './errors.ts'
import { type SessionJournal, snapshotOf } from './journal.ts'
import type { Admission } from './memory/admission.ts'
import type { TaskOptions } from './options.ts'
import { Session } from './session/session.ts'
import type { SessionObserver, TransportChoice } from './session/session-observer.ts'
import type { SessionTask, Settlement } from './session/session-task.ts'
import { callBack, type Ticket } from './submission.ts'
import type { WorkerCare } from './worker-care.ts'

export interface PoolParts {
  readonly clock: Clock
  readonly admission: Admission
  /** The most there may ever be at one time. */
  readonly maxWorkers: number
  readonly journal: SessionJournal | undefined
  readonly care: WorkerCare
  readonly transportFor: TransportChoice
  readonly listener: PoolListener
}

/** Called synchronously, must not throw. */
export interface PoolListener {
  changed(session: Session): void
  settled(session: Session, settlement: Settlement): void
  /** Before anything else is told of it. */
  accepted(session: Session): void
  enqueued(session: Session): void
  /** It is not on record, so it never was. */
  refused(session: Session, error: SupervisorError): void
  /** The next task waits for so many MB. */
  waitsForMemory(megabytes: number): void
  /** Whether a task that comes now would wait has changed. */
  needsDrain(isNeeded: boolean): void
  /** Nothing runs and nothing waits. */
  idle(): void
  journalFailed(cause: unknown): void
  log(message: string): void
}

interface Held {
  readonly session: Session
  readonly ticket: Ticket
  /** While the journal takes its time. */
  written: Promise<void> | undefined
  /** It has, or had, a worker to care for. */
  hasStarted: boolean
  /** Its caller has been told; the worker may live on. */
  isAnswered: boolean
}

/** About 10 ms of them. */
const CANCELLED_IN_ONE_TURN = 1000

/** Every session from its acceptance to its end: who waits, who runs, and that each is told how it went. */
export class SessionPool {
  readonly #parts: PoolParts
  readonly #held: Map<string, Held> = new Map()
  readonly #wedged: Set<Session> = new Set()
  readonly #journalWrites: Set<Promise<void>> = new Set()
  #idle: (() => void)[] = []
  #waitsForMemory: string | undefined
  #neededDrain = false
  /** While it is true nothing starts in the place of a session that ends. */
  #isHeld = false
  /** Or one that waits would start in the place of another that was just cancelled, for a moment. */
  #cancelling = 0
  #startsSoon = false

  constructor(parts: PoolParts) {
    this.#parts = parts
  }

  /** Accepted and not ended. */
  get size(): number {
    return this.#held.size
  }

  get wedged(): number {
    return this.#wedged.size
  }

  /** A task that comes now would have to wait: for a slot, or behind one that waits for memory. */
  get needsDrain(): boolean {
    const { admission, maxWorkers } = this.#parts
    return this.size >= maxWorkers || admission.isFull
  }

  get(sessionId: string): Session | undefined {
    return this.#held.get(sessionId)?.session
  }

  /** Of a session whose caller has not been told yet. */
  ticketOf(sessionId: string): Ticket | undefined {
    const held = this.#held.get(sessionId)
    return held === undefined || held.isAnswered ? undefined : held.ticket
  }

  accept(task: SessionTask, ticket: Ticket): Session {
    const { clock, transportFor, journal } = this.#parts
    const session = new Session(task, transportFor, clock, this.#observer)
    const held = createHeld(session, ticket)
    this.#held.set(session.id, held)
    this.#parts.listener.accepted(session)
    if (journal !== undefined) void this.#writeDown(held, journal)
    // It may be cancelled from now on, also while the journal takes its time.
    ticket.listen(session)
    if (journal === undefined) this.#enqueue(session)
    return session
  }

  /** What runs is told at once; of those that wait so many in one turn that others have their turns too. Meanwhile nothing starts. */
  cancelAll(reason: string, graceful: boolean): void {
    this.#cancelling++
    for (const session of this.#parts.admission.sessions) session.cancel('shutdown', reason, graceful)
    void this.#cancelInTurns(reason)
  }

  /** Resolves when every session has ended or is known to be wedged, and is written down. */
  async settled(): Promise<void> {
    if (!this.#isQuiet()) await new Promise<void>((resolve) => this.#idle.push(resolve))
    await Promise.all(this.#journalWrites)
  }

  async #cancelInTurns(reason: string): Promise<void> {
    let count = 0
    // No list is made of them: that alone would hold up a process with a million waiting for a second.
    for (const { session } of this.#held.values()) {
      if (session.state !== 'queued') continue
      session.cancel('shutdown', reason)
      if (++count % CANCELLED_IN_ONE_TURN === 0) await nextTurn()
    }
    this.#cancelling--
    this.startNext()
  }

  async #writeDown(held: Held, journal: SessionJournal): Promise<void> {
    const { session, ticket } = held
    const written = Promise.withResolvers<void>()
    held.written = written.promise
    try {
      await journal.queued(snapshotOf(session, ticket.options.metadata))
    } catch (cause) {
      return this.#refuse(held, journalFailed(cause))
    } finally {
      held.written = undefined
      written.resolve()
    }
    this.#enqueue(session)
  }

  #enqueue(session: Session): void {
    if (session.state !== 'queued') return
    this.#parts.admission.enqueue(session)
    this.#parts.listener.enqueued(session)
    this.#startSoon()
  }

  #refuse(held: Held, error: SupervisorError): void {
    held.ticket.refuse(error)
    this.#parts.listener.refused(held.session, error)
    // A session that is not on record has no outcome to tell: to the journal it never was.
    held.isAnswered = true
    held.session.cancel('shutdown', error.message, false)
  }

  /** After this turn: of all that come in one turn the first in the queue's order starts first. */
  #startSoon(): void {
    if (this.#startsSoon) return
    this.#startsSoon = true
    queueMicrotask(() => {
      this.#startsSoon = false
      this.startNext()
    })
  }

  /** Call it when there may be room that was not there before. */
  startNext(): void {
    if (this.#isHeld || this.#cancelling > 0) return
    const { admission, care } = this.#parts
    // One that ends within its start makes room for the next in this loop, not in a loop within it.
    this.#hold(() => {
      for (let session = admission.next(); session !== undefined; session = admission.next()) {
        session.start()
        care.started(session)
        if (session.workerPid !== undefined) this.#tellOfChild(session, session.workerPid, true)
      }
    })
    this.#explainWaiting()
    this.#tellNeed()
  }

  #tellNeed(): void {
    const isNeeded = this.needsDrain
    if (isNeeded === this.#neededDrain) return
    this.#neededDrain = isNeeded
    this.#parts.listener.needsDrain(isNeeded)
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
    const { admission, listener } = this.#parts
    const waiting = admission.waitsForMemory
    if (waiting === undefined) return
    const { head, missingMb } = waiting
    listener.waitsForMemory(missingMb)
    if (head.id === this.#waitsForMemory) return
    this.#waitsForMemory = head.id
    const { committedMb, budgetMb } = admission.metrics()
    listener.log(`Task ${head.id} waits for memory: ${committedMb} MB of ${budgetMb} MB are promised to running tasks`)
  }

  readonly #observer: SessionObserver<Session> = {
    changed: (session) => this.#onChanged(session),
    settled: (session, settlement) => this.#onSettled(session, settlement),
    progress: (session, value) => callBack(this.#optionsOf(session)?.onProgress, value),
    log: (session, line) => callBack(this.#optionsOf(session)?.onLog, line),
    checkpoint: (session, value) => callBack(this.#optionsOf(session)?.onCheckpoint, value),
    // Without a ticket it is settled, and what it still says is nobody's.
    chunk: (session, value) => this.ticketOf(session.id)?.addChunk(value) ?? true,
    artifact: (session, artifact) => callBack(this.#optionsOf(session)?.onArtifact, artifact),
    child: (session, pid, alive) => {
      if (this.#parts.care.child(session, pid, alive)) this.#tellOfChild(session, pid, alive)
    },
  }

  #tellOfChild(session: Session, pid: number, alive: boolean): void {
    callBack(() => this.#optionsOf(session)?.onChild?.(pid, alive), undefined)
  }

  #optionsOf(session: Session): TaskOptions | undefined {
    return this.ticketOf(session.id)?.options
  }

  #onSettled(session: Session, settlement: Settlement): void {
    const { care, journal, listener } = this.#parts
    const held = this.#held.get(session.id)
    if (held?.hasStarted) care.settled(session)
    if (held === undefined || held.isAnswered) return
    held.ticket.settle(settlement)
    held.isAnswered = true
    if (journal !== undefined) this.#writeEnd(held, journal, settlement)
    listener.settled(session, settlement)
  }

  #onChanged(session: Session): void {
    if (session.state === 'starting') this.#onStarting(session)
    if (session.state === 'running') this.ticketOf(session.id)?.markRunning(session.id)
    if (session.isWedged) this.#wedged.add(session)
    if (session.state === 'ended') this.#forget(session)
    this.#parts.listener.changed(session)
    if (session.state === 'ended') this.#onEnded()
    if (this.#isQuiet()) for (const resolve of this.#idle.splice(0)) resolve()
  }

  #onStarting(session: Session): void {
    const held = this.#held.get(session.id)
    if (held !== undefined) held.hasStarted = true
    // Only now it is known which worker it gets.
    this.#parts.care.starting(session)
  }

  #forget(session: Session): void {
    const { admission, care } = this.#parts
    if (this.#held.get(session.id)?.hasStarted) care.ended(session)
    admission.release(session)
    this.#held.delete(session.id)
    this.#wedged.delete(session)
  }

  #onEnded(): void {
    this.startNext()
    if (this.size === 0) this.#parts.listener.idle()
  }

  #isQuiet(): boolean {
    return this.size === this.#wedged.size
  }

  #writeEnd({ session, ticket, written }: Held, journal: SessionJournal, { outcome }: Settlement): void {
    const write = async (): Promise<void> => {
      // Nothing ends on record that has not begun there.
      if (written !== undefined) await written
      await journal.ended?.(snapshotOf(session, ticket.options.metadata), outcome)
    }
    const kept = write()
      .catch((cause: unknown) => this.#parts.listener.journalFailed(cause))
      .finally(() => this.#journalWrites.delete(kept))
    this.#journalWrites.add(kept)
  }
}

const createHeld = (session: Session, ticket: Ticket): Held => ({
  session,
  ticket,
  written: undefined,
  hasStarted: false,
  isAnswered: false,
})
