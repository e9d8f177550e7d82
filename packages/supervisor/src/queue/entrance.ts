import { SupervisorError } from '../errors.ts'
import { type Admission, reservationOf } from '../memory/admission.ts'
import type { SessionTask } from '../session/session-task.ts'
import { autoMaxQueue } from './queue-limit.ts'

export interface EntranceParts {
  readonly admission: Admission
  readonly maxQueue: number | 'auto'
  /** The most there may ever be at one time. */
  readonly maxWorkers: number
}

/** Refuses what could never start, and what comes when as many wait as may. */
export class Entrance {
  readonly maxQueue: number
  readonly #admission: Admission
  readonly #maxWorkers: number

  constructor({ admission, maxQueue, maxWorkers }: EntranceParts) {
    this.#admission = admission
    this.#maxWorkers = maxWorkers
    this.maxQueue = maxQueue === 'auto' ? autoMaxQueue() : maxQueue
  }

  /**
   * `accepted`: how many were let in before and have not ended.
   * @throws SupervisorError `TASK_EXCEEDS_BUDGET`, `QUEUE_FULL`
   */
  assertRoom(task: SessionTask, accepted: number): void {
    const reservationMb = reservationOf(task)
    if (!this.#admission.fits(reservationMb)) throw exceedsBudget(reservationMb, this.#admission.metrics().budgetMb)
    const waiting = this.#admission.waitingOf(accepted)
    if (waiting >= this.maxQueue && accepted >= this.#maxWorkers) throw queueFull(waiting)
  }
}

const queueFull = (waiting: number): SupervisorError =>
  new SupervisorError(
    'QUEUE_FULL',
    `The queue is full: ${waiting} tasks wait already. Try again later or raise maxQueue.`,
  )

const exceedsBudget = (reservationMb: number, budgetMb: number): SupervisorError =>
  new SupervisorError(
    'TASK_EXCEEDS_BUDGET',
    `The task asks for ${reservationMb} MB (heap and external limits together), the whole budget is ${budgetMb} MB; it could never start. Lower heapLimitMb or raise memoryBudgetMb.`,
  )
