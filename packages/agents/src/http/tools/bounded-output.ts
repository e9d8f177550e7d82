/** What a command printed: its beginning and its end, and how much was left out between them. */
export class BoundedOutput {
  readonly #half: number
  readonly #head: Buffer[] = []
  #headBytes = 0
  #tail: Buffer[] = []
  #tailBytes = 0
  #lost = 0

  /** @param limit bytes that are kept */
  constructor(limit: number) {
    this.#half = Math.floor(limit / 2)
  }

  add(chunk: Buffer): void {
    const room = this.#half - this.#headBytes
    if (room > 0) this.#addHead(chunk.subarray(0, room))
    if (chunk.length > room) this.#addTail(chunk.subarray(Math.max(0, room)))
  }

  toString(): string {
    const gap = this.#lost === 0 ? '' : `\n[${this.#lost} bytes left out]\n`
    return Buffer.concat(this.#head).toString() + gap + Buffer.concat(this.#tail).toString()
  }

  #addHead(chunk: Buffer): void {
    this.#head.push(chunk)
    this.#headBytes += chunk.length
  }

  #addTail(chunk: Buffer): void {
    this.#tail.push(chunk)
    this.#tailBytes += chunk.length
    // Joined rarely: each byte is copied a few times at most, however small the chunks are.
    if (this.#tailBytes > 2 * this.#half) this.#cutTail()
  }

  #cutTail(): void {
    const joined = Buffer.concat(this.#tail)
    this.#lost += joined.length - this.#half
    this.#tail = [Buffer.from(joined.subarray(joined.length - this.#half))]
    this.#tailBytes = this.#half
  }
}
