/** Bytes; enough for the message that says what went wrong. */
const MOST_BYTES = 8 * 1024

/** The end of a text that comes in pieces. */
export class TextTail {
  #bytes: Buffer = Buffer.alloc(0)

  push(chunk: Uint8Array): void {
    // Copied: a slice would hold the whole chunk.
    this.#bytes = Buffer.concat([this.#bytes, chunk.subarray(-MOST_BYTES)]).subarray(-MOST_BYTES)
  }

  get text(): string {
    return this.#bytes.toString().trim()
  }
}
