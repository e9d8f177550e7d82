import type { Slots } from '../elastic/slots.ts'
import type { TaskQueue } from '../queue/task-queue.ts'
import type { Session } from '../session/session.ts'
import type { SessionTask } from '../session/session-task.ts'

/**
 * Why the head of the queue waits. `wedged`: every slot is held by a worker that could not be ended. `key`: of every key that
 * has tasks waiting as many run as may.
 */
export type WaitingFor = 'slot' | 'memory' | 'wedged' | 'key'

export interface AdmissionMetrics {
  readonly budgetMb: number
  /** Promised to the workers that run now, wedged ones included. */
  readonly committedMb: number
  /** Null when nothing waits. */
  readonly waitingFor: WaitingFor | null
}

export interface AdmissionParts {
  readonly slots: Slots
  readonly budgetMb: number
  readonly queue: TaskQueue<Session>
  /** What is held and promised to no task. */
  readonly heldBesidesMb?: () => number
}

/**
 * Who may run: so many workers at a time, and no more memory promised than there is. The queue says whose turn it is; a head that
 * waits for memory is passed by nobody but who comes before it in the queue's own order.
 */
export class Admission {
  readonly #slots: Slots
  readonly #budgetMb: number
  readonly #queue: TaskQueue<Session>
  readonly #heldBesidesMb: () => number
  readonly #admitted: Map<Session, number> = new Map()

  constructor({ slots, budgetMb, queue, heldBesidesMb = () => 0 }: AdmissionParts) {
    this.#slots = slots
    this.#budgetMb = budgetMb
    this.#queue = queue
    this.#heldBesidesMb = heldBesidesMb
  }

  get queued(): number {
    return this.#queue.size
  }

  get admitted(): number {
    return this.#admitted.size
  }

  /** Those that were admitted and not released, as they are now. */
  get sessions(): Session[] {
    return [...this.#admitted.keys()]
  }

  fits(reservationMb: number): boolean {
    return reservationMb <= this.#budgetMb
  }

  /** Whether so many MB more are within the budget now. */
  hasRoomFor(megabytes: number): boolean {
    return this.#committedMb() + this.#heldBesidesMb() + megabytes <= this.#budgetMb
  }

  enqueue(session: Session): void {
    this.#queue.add(session, { since: session.createdAt, ...session.task.queueing })
  }

  /** Takes the next session that may start now off the queue and reserves its place. */
  next(): Session | undefined {
    this.#askForSlots()
    if (this.#obstacle() !== null) return undefined
    const session = this.#queue.take()
    if (session !== undefined) this.#admitted.set(session, reservationOf(session.task))
    return session
  }

  /** Its worker has ended, or it never started. A wedged worker is not released: it holds what it holds. */
  release(session: Session): void {
    this.#queue.release(session)
    this.#admitted.delete(session)
  }

  /** How many of all that were accepted wait; those that have come in this turn and start after it do not. */
  waitingOf(accepted: number): number {
    const places = this.#obstacle() === null ? this.#slots.size : this.#admitted.size
    return Math.max(0, accepted - places)
  }

  /** Whoever came now would wait, whatever its key: for a slot, or behind one that waits for memory. */
  get isFull(): boolean {
    const obstacle = this.#obstacle()
    return obstacle !== null && obstacle !== 'key'
  }

  /** The one that waits for memory, and how much of it. */
  get waitsForMemory(): { readonly head: Session; readonly missingMb: number } | undefined {
    const { head } = this.#queue
    return head !== undefined && this.#obstacle() === 'memory' ? { head, missingMb: this.#missingMb(head) } : undefined
  }

  metrics(): AdmissionMetrics {
    return { budgetMb: this.#budgetMb, committedMb: this.#committedMb(), waitingFor: this.#obstacle() }
  }

  #askForSlots(): void {
    const isFull = this.#admitted.size >= this.#slots.size
    if (isFull && this.#queue.head !== undefined) this.#slots.want({ running: this.admitted, waiting: this.queued })
  }

  #obstacle(): WaitingFor | null {
    const { head, size } = this.#queue
    if (head === undefined) return size === 0 ? null : 'key'
    if (this.#admitted.size >= this.#slots.size) return this.#areAllWedged() ? 'wedged' : 'slot'
    return this.#missingMb(head) > 0 ? 'memory' : null
  }

  /** What its reservation would go beyond the budget by. */
  #missingMb({ task }: Session): number {
    return Math.max(0, this.#committedMb() + this.#heldBesidesMb() + reservationOf(task) - this.#budgetMb)
  }

  #areAllWedged(): boolean {
    for (const session of this.#admitted.keys()) if (!session.isWedged) return false
    return true
  }

  #committedMb(): number {
    let sum = 0
    for (const reservation of this.#admitted.values()) sum += reservation
    return sum
  }
}

/** Heap limit and external limit; the fuse above them is slack for the guard, not memory that is used. */
export const reservationOf = ({ limits }: SessionTask): number => limits.heapLimitMb + limits.externalLimitMb
