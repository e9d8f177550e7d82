import { LineReader } from './line-reader.ts'

/** Bytes. Clients put whole files into one event; what is longer than this is no answer that anyone reads. */
const LONGEST_EVENT = 16 * 1024 * 1024

/** What of a client's output was no event. */
export interface EventLosses {
  /** Lines that are not JSON: warnings that clients print between their events. */
  readonly noise: number
  /** Lines that were too long to be read. */
  readonly skipped: number
}

/** Reads JSON lines as they come; memory does not grow with their number. */
export class EventReader {
  readonly #lines: LineReader
  readonly #onEvent: (event: object) => void
  #noise = 0

  constructor(onEvent: (event: object) => void, longestLine: number = LONGEST_EVENT) {
    this.#onEvent = onEvent
    this.#lines = new LineReader({ longestLine, onLine: (line) => this.#take(line) })
  }

  push(chunk: Uint8Array): void {
    this.#lines.push(chunk)
  }

  end(): void {
    this.#lines.end()
  }

  get losses(): EventLosses {
    return { noise: this.#noise, skipped: this.#lines.skipped }
  }

  #take(line: string): void {
    const event = parse(line)
    if (typeof event === 'object' && event !== null) this.#onEvent(event)
    else this.#noise++
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
