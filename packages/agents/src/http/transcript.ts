import type { JsonValue } from '../json-value.ts'

/** What happened in an attempt, one JSON document a line; written while it happens, so that it is never held as a whole. */
export class Transcript implements AsyncIterable<Uint8Array> {
  readonly #redact: (text: string) => string
  #lines: Uint8Array[] = []
  #hasEnded = false
  #wake: () => void = () => {}

  constructor(redact: (text: string) => string) {
    this.#redact = redact
  }

  add(type: string, facts: Readonly<Record<string, JsonValue>>): void {
    const line = JSON.stringify({ at: new Date().toISOString(), type, ...facts })
    this.#lines.push(Buffer.from(`${this.#redact(line)}\n`))
    this.#wake()
  }

  end(): void {
    this.#hasEnded = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    while (!this.#hasEnded || this.#lines.length > 0) {
      if (this.#lines.length === 0) await this.#more()
      const lines = this.#lines
      this.#lines = []
      yield* lines
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
