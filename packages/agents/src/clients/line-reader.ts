const NEWLINE = 0x0a

export interface LineReaderOptions {
  /** Bytes. A longer line is skipped: its bytes are counted and let go. */
  readonly longestLine: number
  readonly onLine: (line: string) => void
}

/**
 * Cuts a stream of bytes into lines, wherever it was split, inside a character too. It holds one line at most, and never more
 * than `longestLine` of it.
 */
export class LineReader {
  readonly #options: LineReaderOptions
  #parts: Buffer[] = []
  #size = 0
  #skipped = 0

  constructor(options: LineReaderOptions) {
    this.#options = options
  }

  /** How many lines were too long. */
  get skipped(): number {
    return this.#skipped
  }

  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    let from = 0
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, from)) {
      this.#hold(bytes.subarray(from, end))
      this.#release()
      from = end + 1
    }
    if (from < bytes.byteLength) this.#hold(bytes.subarray(from))
  }

  /** The last line may have no end. */
  end(): void {
    if (this.#size > 0) this.#release()
  }

  #hold(part: Buffer): void {
    this.#size += part.byteLength
    if (this.#size <= this.#options.longestLine) this.#parts.push(part)
    else this.#parts = []
  }

  #release(): void {
    const isTooLong = this.#size > this.#options.longestLine
    const line = isTooLong ? '' : this.#text()
    this.#parts = []
    this.#size = 0
    if (isTooLong) this.#skipped++
    else if (line !== '') this.#options.onLine(line)
  }

  #text(): string {
    const [first] = this.#parts
    return this.#parts.length === 1 && first !== undefined ? first.toString() : Buffer.concat(this.#parts).toString()
  }
}
