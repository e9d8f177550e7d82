import { CHUNK_WINDOW, type WorkerMessage } from '../messages/messages.ts'
import type { Transferable } from '../tiers/transport.ts'
import { NotCloneableError } from './uncloneable.ts'
import { assertValueFits } from './value-limits.ts'

/** So many calls may wait for their turn; a task that makes more of them awaits none. */
const MOST_WAITING = 10_000

export type StreamErrorCode = 'STREAM_NOT_READ' | 'STREAM_NOT_AWAITED'

/** A chunk could not be written; the stream is as it was. */
export class StreamError extends Error {
  override readonly name = 'StreamError'
  readonly code: StreamErrorCode

  constructor(code: StreamErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

export interface WriteOptions {
  /**
   * Memory of the chunk that is moved to the supervisor instead of copied, where the worker is a thread: its writer has it no longer.
   * What cannot be moved is copied.
   */
  readonly transfer?: readonly Transferable[]
}

export interface ChunkSenderOptions {
  /** False: nobody reads, and every chunk is refused. */
  readonly isStreamed: boolean
  readonly signal: AbortSignal
  readonly send: (message: WorkerMessage, bytes: number, transfer?: readonly Transferable[]) => void
  readonly clone: (value: unknown) => unknown
  /** Hears what has arrived, for a task that does not yield. */
  readonly receiveWaiting: () => void
}

interface Waiting {
  readonly chunk: unknown
  readonly bytes: number
  readonly transfer: readonly Transferable[] | undefined
  readonly written: PromiseWithResolvers<void>
}

/** A task's end of its stream: a chunk leaves when its reader has taken enough of those before. */
export class ChunkSender {
  readonly #options: ChunkSenderOptions
  /** Bytes of each chunk that was sent and not taken, in order. */
  readonly #inFlight: number[] = []
  #inFlightBytes = 0
  #taken = 0
  #isPosting = false
  #isListening = false
  readonly #waiting: Waiting[] = []

  constructor(options: ChunkSenderOptions) {
    this.#options = options
  }

  /** @throws StreamError `STREAM_NOT_READ` */
  assertRead(): void {
    if (this.#options.isStreamed) return
    throw new StreamError(
      'STREAM_NOT_READ',
      'The task writes a stream, but it was started with run() or submit(), which read none; start it with stream().',
    )
  }

  /** Resolves when the chunk is on its way; then more may be written without a wait. */
  async write(chunk: unknown, { transfer }: WriteOptions = {}): Promise<void> {
    this.assertRead()
    const bytes = assertValueFits('chunk', chunk)
    if (!this.#isNext(bytes)) this.#options.receiveWaiting()
    if (this.#isNext(bytes)) return this.#post(chunk, bytes, transfer)
    await this.#wait(chunk, bytes, transfer)
  }

  /** The reader has taken so many in all. */
  taken(chunks: number): void {
    for (; this.#taken < chunks && this.#inFlight.length > 0; this.#taken++) {
      this.#inFlightBytes -= this.#inFlight.shift() ?? 0
    }
    // While one is posted it may wait for the channel, and hear of this: those behind it must not overtake it.
    while (!this.#isPosting && this.#waiting[0] !== undefined && this.#hasRoomFor(this.#waiting[0].bytes)) {
      this.#postFirst()
    }
  }

  /** Resolves when no chunk waits any more: a task may return without having awaited the last. */
  async drained(): Promise<void> {
    while (this.#waiting.length > 0) await Promise.allSettled(this.#waiting.map(({ written }) => written.promise))
  }

  #isNext(bytes: number): boolean {
    return this.#waiting.length === 0 && this.#hasRoomFor(bytes)
  }

  #hasRoomFor(bytes: number): boolean {
    if (this.#inFlight.length === 0) return true
    return this.#inFlight.length < CHUNK_WINDOW.chunks && this.#inFlightBytes + bytes <= CHUNK_WINDOW.bytes
  }

  #wait(chunk: unknown, bytes: number, transfer: readonly Transferable[] | undefined): Promise<void> {
    // Nobody may be there to take what is on its way; a task that is told to end must not hang in a write.
    this.#options.signal.throwIfAborted()
    if (this.#waiting.length >= MOST_WAITING) throw notAwaited()
    this.#listenForAbort()
    const written = Promise.withResolvers<void>()
    this.#waiting.push({ chunk, bytes, transfer, written })
    return written.promise
  }

  /** With the first that waits: most tasks have none, and each would begin later for it. */
  #listenForAbort(): void {
    if (this.#isListening) return
    this.#isListening = true
    this.#options.signal.addEventListener('abort', () => this.#giveUp(), { once: true })
  }

  #giveUp(): void {
    for (const { written } of this.#waiting.splice(0)) written.reject(this.#options.signal.reason)
  }

  #postFirst(): void {
    const first = this.#waiting.shift()
    if (first === undefined) return
    try {
      this.#post(first.chunk, first.bytes, first.transfer)
      first.written.resolve()
    } catch (error) {
      first.written.reject(error)
    }
  }

  #post(chunk: unknown, bytes: number, transfer: readonly Transferable[] | undefined): void {
    this.#isPosting = true
    try {
      this.#options.send({ type: 'chunk', value: chunk }, bytes, transfer)
    } catch (cause) {
      throw new NotCloneableError('chunk', chunk, this.#options.clone, cause)
    } finally {
      this.#isPosting = false
    }
    this.#inFlight.push(bytes)
    this.#inFlightBytes += bytes
  }
}

const notAwaited = (): StreamError =>
  new StreamError(
    'STREAM_NOT_AWAITED',
    `${MOST_WAITING} chunks wait to be written and none is awaited; write \`await context.write(chunk)\`.`,
  )
