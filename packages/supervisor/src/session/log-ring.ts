import type { LogLine } from '../messages/messages.ts'

const MOST_LINES = 1000
const MOST_BYTES = 256 * 1024

/** Bytes that a line takes beside its text, roughly. */
const LINE_BYTES = 100

/** The last lines of a session's log. */
export interface SessionLog {
  /** Oldest first; 1,000 at most, 256 KB together. */
  readonly lines: readonly LogLine[]
  /** Lines before these, and such as came faster than they could be taken. */
  readonly dropped: number
}

/** The last lines of one session, so that a flood of them takes no more memory than a few. */
export class LogRing {
  /** Those before `#first` are gone; they are cut off when there are as many of them as lines. */
  #lines: (LogLine | undefined)[] = []
  #first = 0
  #bytes = 0
  #dropped = 0

  get bytes(): number {
    return this.#bytes
  }

  add(line: LogLine): void {
    this.#lines.push(line)
    this.#bytes += bytesOf(line)
    while (this.#lines.length - this.#first > MOST_LINES || this.#bytes > MOST_BYTES) this.#dropFirst()
  }

  /** Lines that never came. */
  leftOut(count: number): void {
    this.#dropped += count
  }

  read(): SessionLog {
    return { lines: this.#lines.slice(this.#first) as LogLine[], dropped: this.#dropped }
  }

  #dropFirst(): void {
    const line = this.#lines[this.#first]
    if (line === undefined) return
    this.#bytes -= bytesOf(line)
    this.#lines[this.#first++] = undefined
    this.#dropped++
    if (this.#first < MOST_LINES) return
    this.#lines = this.#lines.slice(this.#first)
    this.#first = 0
  }
}

const bytesOf = ({ text }: LogLine): number => LINE_BYTES + text.length * 2
