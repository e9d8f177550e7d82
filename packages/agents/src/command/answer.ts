/** What a program prints, as long as it is no longer than an answer may be. */
export class Answer {
  readonly #longest: number
  #pieces: Uint8Array[] = []
  #size = 0

  /** @param longest bytes; more is counted and let go. */
  constructor(longest: number) {
    this.#longest = longest
  }

  push(piece: Uint8Array): void {
    this.#size += piece.byteLength
    if (this.isTooLong) this.#pieces = []
    else this.#pieces.push(piece)
  }

  get isTooLong(): boolean {
    return this.#size > this.#longest
  }

  get text(): string {
    return Buffer.concat(this.#pieces).toString().trim()
  }
}
