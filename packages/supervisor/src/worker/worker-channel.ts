import {
  BRAND,
  type Envelope,
  isCounted,
  mustArrive,
  type SupervisorMessage,
  WINDOW,
  type WorkerMessage,
} from '../messages/messages.ts'
import type { Transferable } from '../tiers/transport.ts'
import type { WorkerPort } from './worker-port.ts'

/** Acknowledgements are asked for often enough that a supervisor that keeps up never makes a worker wait. */
const ACKNOWLEDGE_AFTER = { messages: 64, bytes: 256 * 1024 }

interface Waiting {
  readonly message: WorkerMessage
  readonly bytes: number
  readonly transfer?: readonly Transferable[] | undefined
}

/**
 * The worker's end of its channel. Neither `postMessage` nor a pipe says when to stop (a million posts blocked a supervisor
 * for 1.4 s), so whatever a task may say in a loop waits for room: of progress the latest is kept, of log lines a count, and
 * what must arrive makes its task wait, as a checkpoint: the last one before a kill is what the next attempt begins with.
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
  #askedSequence = 0
  #acknowledgedSequence = 0
  #heldProgress: Waiting | undefined
  #isPosting = false
  #isListening = false
  readonly #postponed: Waiting[] = []

  constructor(port: WorkerPort, listener: (message: SupervisorMessage) => void) {
    this.#port = port
    this.#listener = listener
  }

  /** From now on it hears what the supervisor says, whenever its event loop turns; until then only where it asks. */
  listen(): void {
    if (this.#isListening) return
    this.#isListening = true
    this.#port.listen((message) => this.#receive(message))
  }

  /**
   * `bytes`: about how much the message takes; it counts for messages that a task may send in a loop. `transfer`: what of it is moved.
   * @throws DataCloneError when the message cannot be cloned.
   */
  send(message: WorkerMessage, bytes = 0, transfer?: readonly Transferable[]): void {
    if (this.#isPosting) return this.#postpone({ message, bytes, transfer })
    this.#send({ message, bytes, transfer })
    for (let next = this.#postponed.shift(); next !== undefined; next = this.#postponed.shift()) this.#send(next)
  }

  /** Hears what has arrived, for a task that does not yield to its event loop. */
  receiveWaiting(): void {
    for (const waiting of this.#port.takeWaiting()) this.#receive(waiting)
  }

  /** Said by a getter of a value that is just being cloned: its turn comes when that is done. */
  #postpone(waiting: Waiting): void {
    const { message } = waiting
    const maySkip = isCounted(message) && !mustArrive(message)
    if (!maySkip || this.#postponed.length < WINDOW.messages) this.#postponed.push(waiting)
    else if (message.type === 'log') this.droppedLogLines++
  }

  #send(waiting: Waiting): void {
    const { message, bytes, transfer } = waiting
    if (!isCounted(message)) return this.#post(message, false, transfer)
    if (!this.#hasRoomFor(bytes)) this.receiveWaiting()
    if (mustArrive(message)) this.#waitForRoom(bytes)
    if (this.#hasRoomFor(bytes)) {
      // An older one that still waits has been overtaken.
      if (message.type === 'progress') this.#heldProgress = undefined
      return this.#postCounted(waiting)
    }
    // Cloned now: what cannot be is its caller's error, and what its caller does with it next is not part of it.
    if (message.type === 'progress') this.#hold({ message: this.#cloned(message), bytes })
    if (message.type === 'log') this.droppedLogLines++
  }

  /** Has the supervisor answer. */
  ask(): void {
    this.#post({ type: 'heartbeat' }, true)
  }

  /** Says what was held back and is still worth telling, room or not. */
  flush(): void {
    const held = this.#heldProgress
    // Let go first: one that cannot be cloned must not be tried again.
    this.#heldProgress = undefined
    if (held !== undefined) this.#postCounted(held)
  }

  #receive(message: SupervisorMessage): void {
    if (message.type !== 'acknowledge') return this.#listener(message)
    this.#acknowledgedSequence = message.sequence
    while (this.#inFlight[0] !== undefined && this.#inFlight[0].sequence <= message.sequence) {
      this.#inFlightBytes -= this.#inFlight.shift()?.bytes ?? 0
    }
    if (this.#heldProgress === undefined) return
    if (this.#hasRoomFor(this.#heldProgress.bytes)) this.flush()
    else this.#askForRoom()
  }

  #cloned(message: WorkerMessage & { readonly type: 'progress' }): WorkerMessage {
    this.#isPosting = true
    try {
      return { ...message, value: this.#port.clone(message.value) }
    } finally {
      this.#isPosting = false
    }
  }

  #hold(progress: Waiting): void {
    this.#heldProgress = progress
    this.#askForRoom()
  }

  /** Without yielding: the task may never do so again. */
  #waitForRoom(bytes: number): void {
    while (!this.#hasRoomFor(bytes)) {
      this.#askForRoom()
      Atomics.wait(neverNotified, 0, 0, 1)
      this.receiveWaiting()
    }
  }

  /** Room comes with an acknowledgement; what is in flight may be too little for one to have been asked for. */
  #askForRoom(): void {
    if (this.#askedSequence <= this.#acknowledgedSequence) this.ask()
  }

  #hasRoomFor(bytes: number): boolean {
    if (this.#inFlight.length === 0) return true
    return this.#inFlight.length < WINDOW.messages && this.#inFlightBytes + bytes <= WINDOW.bytes
  }

  #postCounted({ message, bytes, transfer }: Waiting): void {
    const unasked = { messages: this.#unasked.messages + 1, bytes: this.#unasked.bytes + bytes }
    const mayAsk = unasked.messages >= ACKNOWLEDGE_AFTER.messages || unasked.bytes >= ACKNOWLEDGE_AFTER.bytes
    this.#post(message, mayAsk, transfer)
    this.#unasked = this.#askedSequence === this.#sequence ? { messages: 0, bytes: 0 } : unasked
    this.#inFlight.push({ sequence: this.#sequence, bytes })
    this.#inFlightBytes += bytes
  }

  #post(message: WorkerMessage, acknowledge: boolean, transfer?: readonly Transferable[]): void {
    const envelope: Envelope<WorkerMessage> = { ...message, brand: BRAND, sequence: this.#sequence + 1, acknowledge }
    this.#isPosting = true
    try {
      this.#port.post(envelope, transfer)
    } finally {
      this.#isPosting = false
    }
    // Only now: a message that cannot be cloned throws above and must leave no gap.
    this.#sequence++
    if (acknowledge) this.#askedSequence = this.#sequence
  }
}

/** Only for its timeout: the one way to sleep without yielding. */
const neverNotified = new Int32Array(new SharedArrayBuffer(4))
