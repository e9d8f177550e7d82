import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { BRAND, type Envelope, isDroppable, type SupervisorMessage, type WorkerMessage } from '../messages/messages.ts'

/** At most this many droppable messages are on their way at once; a flood costs the supervisor no more than that. */
const WINDOW = 256

/**
 * The worker's end of its channel. `postMessage` has no back-pressure (a million posts blocked a supervisor for 1.4 s),
 * so progress, log and heartbeat messages wait for room: of progress the latest is kept, of the others a count.
 */
export class WorkerChannel {
  droppedLogLines = 0
  readonly #port: MessagePort
  readonly #listener: (message: SupervisorMessage) => void
  #sequence = 0
  #inFlight = 0
  #acknowledged = 0
  #latestProgress: WorkerMessage | undefined

  constructor(port: MessagePort, listener: (message: SupervisorMessage) => void) {
    this.#port = port
    this.#listener = listener
    port.on('message', (message: SupervisorMessage) => this.#receive(message))
  }

  /** @throws DataCloneError when the message cannot be cloned. */
  send(message: WorkerMessage): void {
    if (!isDroppable(message)) return this.#post(message)
    if (this.#inFlight >= WINDOW) this.#takeAcknowledgements()
    if (this.#inFlight < WINDOW) return this.#postCounted(message)
    if (message.type === 'progress') this.#latestProgress = message
    if (message.type === 'log') this.droppedLogLines++
  }

  /** What was held back and is still worth telling. */
  flush(): void {
    const held = this.#latestProgress
    // Let go first: one that cannot be cloned must not be tried again.
    this.#latestProgress = undefined
    if (held !== undefined) this.#postCounted(held)
  }

  #receive(message: SupervisorMessage): void {
    if (message.type !== 'acknowledge') return this.#listener(message)
    this.#inFlight -= message.sequence - this.#acknowledged
    this.#acknowledged = message.sequence
    if (this.#inFlight < WINDOW) this.flush()
  }

  /** A task that never yields never hears an acknowledgement, so it is fetched; other messages keep their order. */
  #takeAcknowledgements(): void {
    for (let got = receiveMessageOnPort(this.#port); got !== undefined; got = receiveMessageOnPort(this.#port)) {
      this.#receive(got.message as SupervisorMessage)
    }
  }

  #postCounted(message: WorkerMessage): void {
    this.#post(message)
    this.#inFlight++
  }

  #post(message: WorkerMessage): void {
    const envelope = { ...message, brand: BRAND, sequence: this.#sequence + 1 } satisfies Envelope<WorkerMessage>
    this.#port.postMessage(envelope)
    // Only now: a message that cannot be cloned throws above and must leave no gap.
    this.#sequence++
  }
}
