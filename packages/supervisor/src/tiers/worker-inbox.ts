import { readWorkerMessage } from '../messages/message-schema.ts'
import type { WorkerMessage } from '../messages/messages.ts'
import { estimateSize } from '../messages/value-size.ts'
import { VALUE_LIMITS_MB } from '../worker/value-limits.ts'
import type { WorkerListener } from './transport.ts'

const LARGEST_RESULT = VALUE_LIMITS_MB.result * 1024 * 1024

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
    const message = measured(readWorkerMessage(received))
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

/** The size that a worker gives for its result is its word only; what is kept of results is counted by it. */
const measured = (message: ReturnType<typeof readWorkerMessage>): typeof message => {
  if ('problem' in message || message.type !== 'result') return message
  const bytes = estimateSize(message.value, LARGEST_RESULT)
  return bytes > LARGEST_RESULT ? { problem: 'a result that is larger than any may be' } : { ...message, bytes }
}
