import { BRAND, type Envelope, isDroppable, type SupervisorMessage, type WorkerMessage } from '../messages/messages.ts'
import type { WorkerPort } from './worker-port.ts'

/** So much may be on its way at once; a flood costs the supervisor no more than that. */
const WINDOW = { messages: 256, bytes: 1024 * 1024 }

/** Acknowledgements are asked for often enough that a supervisor that keeps up never makes a worker wait. */
const ACKNOWLEDGE_AFTER = { messages: 64, bytes: 256 * 1024 }

interface Waiting {
  readonly message: WorkerMessage
  readonly bytes: number
}

/**
 * The worker's end of its channel. Neither `postMessage` nor a pipe says when to stop (a million posts blocked a supervisor
 * for 1.4 s), so whatever a task may say in a loop waits for room: of progress and checkpoints the latest is kept, of
 * log lines a count.
 */
export class WorkerChannel {
  droppedLogLines = 0
  readonly #port: WorkerPort
  readonly #listener: (message: SupervisorMessage) => void
  #sequence = 0
  /** In order: what was posted and not acknowledged yet. */
  #inFlight: { readonly sequence: number; readonly bytes: number }[] = []
  #inFlightBytes = 0
  #unasked = { messages: 0, bytes: 0 }
  readonly #latest: Map<'progress' | 'checkpoint', Waiting> = new Map()

  constructor(port: WorkerPort, listener: (message: SupervisorMessage) => void) {
    this.#port = port
    this.#listener = listener
    port.listen((message) => this.#receive(message))
  }

  /**
   * `bytes`: about how much the message takes; it counts for messages that a task may send in a loop.
   * @throws DataCloneError when the message cannot be cloned.
   */
  send(message: WorkerMessage, bytes = 0): void {
    if (!isDroppable(message)) return this.#post(message, false)
    if (!this.#hasRoomFor(bytes)) for (const waiting of this.#port.takeWaiting()) this.#receive(waiting)
    if (this.#hasRoomFor(bytes)) {
      // An older one that still waits has been overtaken.
      if (isLatestOnly(message)) this.#latest.delete(message.type)
      return this.#postCounted(message, bytes)
    }
    if (isLatestOnly(message)) this.#latest.set(message.type, { message, bytes })
    if (message.type === 'log') this.droppedLogLines++
  }

  /** Says what was held back and is still worth telling, room or not. */
  flush(): void {
    for (const [type, { message, bytes }] of [...this.#latest]) {
      // Let go first: one that cannot be cloned must not be tried again.
      this.#latest.delete(type)
      this.#postCounted(message, bytes)
    }
  }

  #receive(message: SupervisorMessage): void {
    if (message.type !== 'acknowledge') return this.#listener(message)
    while (this.#inFlight[0] !== undefined && this.#inFlight[0].sequence <= message.sequence) {
      this.#inFlightBytes -= this.#inFlight.shift()?.bytes ?? 0
    }
    for (const [type, waiting] of [...this.#latest]) {
      if (!this.#hasRoomFor(waiting.bytes)) return
      this.#latest.delete(type)
      this.#postCounted(waiting.message, waiting.bytes)
    }
  }

  #hasRoomFor(bytes: number): boolean {
    if (this.#inFlight.length === 0) return true
    return this.#inFlight.length < WINDOW.messages && this.#inFlightBytes + bytes <= WINDOW.bytes
  }

  #postCounted(message: WorkerMessage, bytes: number): void {
    this.#unasked.messages++
    this.#unasked.bytes += bytes
    const { messages, bytes: unaskedBytes } = this.#unasked
    const isDue = messages >= ACKNOWLEDGE_AFTER.messages || unaskedBytes >= ACKNOWLEDGE_AFTER.bytes
    this.#post(message, isDue)
    if (isDue) this.#unasked = { messages: 0, bytes: 0 }
    this.#inFlight.push({ sequence: this.#sequence, bytes })
    this.#inFlightBytes += bytes
  }

  #post(message: WorkerMessage, acknowledge: boolean): void {
    const envelope: Envelope<WorkerMessage> = { ...message, brand: BRAND, sequence: this.#sequence + 1, acknowledge }
    this.#port.post(envelope)
    // Only now: a message that cannot be cloned throws above and must leave no gap.
    this.#sequence++
  }
}

const isLatestOnly = (message: WorkerMessage): message is Extract<WorkerMessage, { type: 'progress' | 'checkpoint' }> =>
  message.type === 'progress' || message.type === 'checkpoint'
