import { setTimeout as delay } from 'node:timers/promises'
import { readWorkerMessage } from '../messages/message-schema.ts'
import type { WorkerMessage } from '../messages/messages.ts'
import type { WorkerListener } from './transport.ts'

/** A worker that ends closes its channel first. */
const EXIT_FOLLOWS_MS = 1000

/** Takes in what a worker says, of either tier: checked, in order, acknowledged where it is asked for. */
export class WorkerInbox {
  readonly #listener: WorkerListener
  readonly #acknowledge: (sequence: number) => void
  #sequence = 0

  constructor(listener: WorkerListener, acknowledge: (sequence: number) => void) {
    this.#listener = listener
    this.#acknowledge = acknowledge
  }

  /** Returns the message when it was a good one. */
  take(received: unknown): WorkerMessage | undefined {
    const message = readWorkerMessage(received)
    if ('problem' in message) {
      this.#listener.broken(`a message that is none was received (${message.problem})`)
      return undefined
    }
    if (message.sequence !== this.#sequence + 1) {
      this.#listener.broken(`message ${message.sequence} came after ${this.#sequence}`)
      return undefined
    }
    this.#sequence = message.sequence
    this.#listener.message(message)
    if (message.acknowledge) this.#acknowledge(message.sequence)
    return message
  }
}

/** Call it when the channel has closed: a worker without it can neither be heard nor told anything. */
export const expectExit = async (listener: WorkerListener, hasExited: () => boolean): Promise<void> => {
  await delay(EXIT_FOLLOWS_MS, undefined, { ref: false })
  if (!hasExited()) listener.broken('it closed its channel')
}
