import { setTimeout as delay } from 'node:timers/promises'
import { readWorkerMessage } from '../messages/message-schema.ts'
import { WINDOW, type WorkerMessage } from '../messages/messages.ts'
import type { WorkerListener } from './transport.ts'

/** A worker that ends closes its channel first. */
const EXIT_FOLLOWS_MS = 1000

/** A worker's window is what waits in it for room; some messages do not wait: its result, and those that ask for room. */
const MOST_UNACKNOWLEDGED = WINDOW.messages + 16

/**
 * Takes in what a worker says, of either tier: checked, in order, acknowledged where it is asked for. That is done once in a turn of the
 * event loop: so no more than a window can honestly arrive in one, and whoever sends more has got hold of the channel and is not read
 * any further.
 */
export class WorkerInbox {
  readonly #listener: WorkerListener
  readonly #acknowledge: (sequence: number) => void
  #sequence = 0
  #unacknowledged = 0
  #isAsked = false
  #isBroken = false

  constructor(listener: WorkerListener, acknowledge: (sequence: number) => void) {
    this.#listener = listener
    this.#acknowledge = acknowledge
  }

  /** Nothing that comes is taken in any more. */
  get isBroken(): boolean {
    return this.#isBroken
  }

  /** Returns the message when it was a good one. */
  take(received: unknown): WorkerMessage | undefined {
    if (this.#isBroken) return undefined
    if (++this.#unacknowledged > MOST_UNACKNOWLEDGED) return this.break('it sends more than its window holds')
    const message = readWorkerMessage(received)
    if ('problem' in message) return this.break(`a message that is none was received (${message.problem})`)
    if (message.sequence !== this.#sequence + 1) {
      return this.break(`message ${message.sequence} came after ${this.#sequence}`)
    }
    this.#sequence = message.sequence
    this.#listener.message(message)
    if (message.acknowledge) this.#acknowledgeSoon()
    return message
  }

  break(reason: string): undefined {
    if (this.#isBroken) return
    this.#isBroken = true
    this.#listener.broken(reason)
  }

  #acknowledgeSoon(): void {
    if (this.#isAsked) return
    this.#isAsked = true
    setImmediate(() => {
      this.#isAsked = false
      this.#unacknowledged = 0
      this.#acknowledge(this.#sequence)
    })
  }
}

/** Call it when the channel has closed: a worker without it can neither be heard nor told anything. */
export const expectExit = async (listener: WorkerListener, hasExited: () => boolean): Promise<void> => {
  await delay(EXIT_FOLLOWS_MS, undefined, { ref: false })
  if (!hasExited()) listener.broken('it closed its channel')
}
