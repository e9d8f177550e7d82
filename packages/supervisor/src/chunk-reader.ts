import { CHUNK_WINDOW } from './messages/messages.ts'
import { estimateSize } from './messages/value-size.ts'
import type { Settlement } from './session/session-task.ts'

/** What a chunk takes is not counted alike on both sides to the last byte. */
const MOST_BYTES = 2 * CHUNK_WINDOW.bytes

/** The session that a stream comes from. */
export interface ChunkSource {
  /** The reader has taken so many chunks in all. */
  grant(chunks: number): void
  /** So many wait for the reader now. */
  setUntaken(chunks: number): void
  cancel(cause: 'user', reason: string): void
}

interface Chunk {
  readonly value: unknown
  readonly bytes: number
}

type Next<Value> = IteratorResult<Value, unknown>

/**
 * The caller's end of a stream. What was not taken stands here, a small window of it; only what was taken makes room for more, so
 * that a reader that is slow, or never comes, makes the task wait.
 */
export class ChunkReader implements AsyncIterableIterator<unknown, unknown> {
  readonly #chunks: Chunk[] = []
  #bytes = 0
  readonly #reads: PromiseWithResolvers<Next<unknown>>[] = []
  #source: ChunkSource | undefined
  #taken = 0
  /** Taken, and the task was told so. */
  #granted = 0
  #isGranting = false
  #received = 0
  #end: Settlement | { readonly refused: Error } | undefined
  #isLeft = false

  bind(source: ChunkSource): void {
    this.#source = source
  }

  /** False when the task had no room for it: it has got hold of the channel itself. */
  add(value: unknown): boolean {
    // Nobody will come for it: the task is being ended.
    if (this.#isLeft) return true
    if (++this.#received - this.#granted > CHUNK_WINDOW.chunks) return false
    const read = this.#reads.shift()
    if (read !== undefined) {
      this.#take()
      read.resolve({ done: false, value })
      return true
    }
    return this.#keep(value)
  }

  /** No chunk follows. */
  end(end: Settlement | { readonly refused: Error }): void {
    this.#end = end
    for (const read of this.#reads.splice(0)) settleRead(read, end)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<Next<unknown>> {
    const read = Promise.withResolvers<Next<unknown>>()
    const chunk = this.#chunks.shift()
    if (chunk !== undefined) {
      this.#bytes -= chunk.bytes
      this.#take()
      read.resolve({ done: false, value: chunk.value })
    } else if (this.#isLeft) read.resolve({ done: true, value: undefined })
    else if (this.#end !== undefined) settleRead(read, this.#end)
    else this.#reads.push(read)
    return read.promise
  }

  /** The reader has left its loop: nothing of the stream is kept, and the task is cancelled. */
  async return(value?: unknown): Promise<Next<unknown>> {
    this.#isLeft = true
    this.#chunks.length = 0
    this.#bytes = 0
    this.#source?.setUntaken(0)
    for (const read of this.#reads.splice(0)) read.resolve({ done: true, value: undefined })
    if (this.#end === undefined) this.#source?.cancel('user', 'the reader of its stream has left')
    return { done: true, value }
  }

  #keep(value: unknown): boolean {
    const bytes = estimateSize(value, MOST_BYTES)
    // A single one may be larger.
    if (this.#chunks.length > 0 && this.#bytes + bytes > MOST_BYTES) return false
    this.#chunks.push({ value, bytes })
    this.#bytes += bytes
    this.#source?.setUntaken(this.#chunks.length)
    return true
  }

  /** Told once in a turn of the event loop, not once for each. */
  #take(): void {
    this.#taken++
    this.#source?.setUntaken(this.#chunks.length)
    if (this.#isGranting) return
    this.#isGranting = true
    setImmediate(() => {
      this.#isGranting = false
      this.#granted = this.#taken
      this.#source?.grant(this.#granted)
    })
  }
}

const settleRead = (read: PromiseWithResolvers<Next<unknown>>, end: Settlement | { readonly refused: Error }): void => {
  if ('refused' in end) read.reject(end.refused)
  else if (end.ok) read.resolve({ done: true, value: end.value })
  else read.reject(end.error)
}
