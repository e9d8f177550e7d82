import type { Session } from '../session/session.ts'
import type { SessionTask } from '../session/session-task.ts'

export interface AdmissionMetrics {
  readonly budgetMb: number
  /** Promised to the workers that run now, wedged ones included. */
  readonly committedMb: number
  /**
   * Why the head of the queue waits; null when nothing waits. `wedged`: every slot is held by a worker that could not be
   * ended.
   */
  readonly waitingFor: 'slot' | 'memory' | 'wedged' | null
}

/** Who may run: so many workers at a time, and no more memory promised than there is. First come, first served. */
export class Admission {
  readonly #maxWorkers: number
  readonly #budgetMb: number
  readonly #heldBesidesMb: () => number
  readonly #queue: Set<Session> = new Set()
  readonly #admitted: Map<Session, number> = new Map()

  /** `heldBesidesMb`: what is held and promised to no task. */
  constructor(maxWorkers: number, budgetMb: number, heldBesidesMb: () => number = () => 0) {
    this.#heldBesidesMb = heldBesidesMb
    this.#maxWorkers = maxWorkers
    this.#budgetMb = budgetMb
  }

  get queued(): number {
    return this.#queue.size
  }

  get admitted(): number {
    return this.#admitted.size
  }

  fits(reservationMb: number): boolean {
    return reservationMb <= this.#budgetMb
  }

  /** Whether so many MB more are within the budget now. */
  hasRoomFor(megabytes: number): boolean {
    return this.#committedMb() + this.#heldBesidesMb() + megabytes <= this.#budgetMb
  }

  enqueue(session: Session): void {
    this.#queue.add(session)
  }

  /** Takes the next session that may start now off the queue and reserves its place. */
  next(): Session | undefined {
    const [head] = this.#queue
    if (head === undefined || this.#obstacle(head) !== null) return undefined
    this.#queue.delete(head)
    this.#admitted.set(head, reservationOf(head.task))
    return head
  }

  /** Its worker has ended, or it never started. A wedged worker is not released: it holds what it holds. */
  release(session: Session): void {
    this.#queue.delete(session)
    this.#admitted.delete(session)
  }

  metrics(): AdmissionMetrics & { readonly head: Session | undefined; readonly missingMb: number } {
    const [head] = this.#queue
    return {
      head,
      missingMb: head === undefined ? 0 : this.#missingMb(head),
      budgetMb: this.#budgetMb,
      committedMb: this.#committedMb(),
      waitingFor: head === undefined ? null : this.#obstacle(head),
    }
  }

  #obstacle(session: Session): AdmissionMetrics['waitingFor'] {
    if (this.#admitted.size >= this.#maxWorkers) return this.#areAllWedged() ? 'wedged' : 'slot'
    return this.#missingMb(session) > 0 ? 'memory' : null
  }

  /** What its reservation would go beyond the budget by. */
  #missingMb({ task }: Session): number {
    return Math.max(0, this.#committedMb() + this.#heldBesidesMb() + reservationOf(task) - this.#budgetMb)
  }

  #areAllWedged(): boolean {
    return [...this.#admitted.keys()].every((session) => session.isWedged)
  }

  #committedMb(): number {
    let sum = 0
    for (const reservation of this.#admitted.values()) sum += reservation
    return sum
  }
}

/** Heap limit and external limit; the fuse above them is slack for the guard, not memory that is used. */
export const reservationOf = ({ limits }: SessionTask): number => limits.heapLimitMb + limits.externalLimitMb
