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
  readonly #queue: Set<Session> = new Set()
  readonly #admitted: Map<Session, number> = new Map()

  constructor(maxWorkers: number, budgetMb: number) {
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

  metrics(): AdmissionMetrics & { readonly head: Session | undefined } {
    const [head] = this.#queue
    return {
      head,
      budgetMb: this.#budgetMb,
      committedMb: this.#committedMb(),
      waitingFor: head === undefined ? null : this.#obstacle(head),
    }
  }

  #obstacle(session: Session): AdmissionMetrics['waitingFor'] {
    if (this.#admitted.size >= this.#maxWorkers) return this.#areAllWedged() ? 'wedged' : 'slot'
    return this.#committedMb() + reservationOf(session.task) > this.#budgetMb ? 'memory' : null
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
