const REPLACEMENT = '[redacted]'

/** Shorter values (`1`, `test`) would be found in innocent text. Characters. */
const SHORTEST_SECRET = 8

/** Takes known secret values out of a stream of bytes, wherever it was split, and out of texts. */
export class SecretFilter {
  readonly #texts: readonly string[]
  readonly #secrets: readonly Buffer[]
  #held: Uint8Array = new Uint8Array()

  constructor(secrets: readonly string[]) {
    this.#texts = [...new Set(secrets.filter(({ length }) => length >= SHORTEST_SECRET).flatMap(asWritten))]
      // A secret that holds another one goes first.
      .toSorted((left, right) => right.length - left.length)
    this.#secrets = this.#texts.map((text) => Buffer.from(text))
  }

  text(given: string): string {
    return this.#texts.reduce((kept, secret) => kept.replaceAll(secret, REPLACEMENT), given)
  }

  /** What may be passed on; the beginning of what may be a secret is held back until it is known. */
  push(chunk: Uint8Array): Uint8Array {
    if (this.#secrets.length === 0) return chunk
    const whole = this.#held.byteLength === 0 ? chunk : Buffer.concat([this.#held, chunk])
    const clean = this.#clean(whole)
    const held = this.#secrets.reduce((most, secret) => Math.max(most, overlap(clean, secret)), 0)
    this.#held = clean.subarray(clean.byteLength - held)
    return clean.subarray(0, clean.byteLength - held)
  }

  /** The rest. */
  end(): Uint8Array {
    const rest = this.#held
    this.#held = new Uint8Array()
    return rest
  }

  #clean(bytes: Uint8Array): Uint8Array {
    return this.#secrets.reduce<Uint8Array>((kept, secret) => replaceBytes(kept, secret), bytes)
  }
}

/** As it is, and as JSON writes it. */
function asWritten(secret: string): readonly string[] {
  return [secret, JSON.stringify(secret).slice(1, -1)]
}

function replaceBytes(bytes: Uint8Array, secret: Buffer): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const pieces: Uint8Array[] = []
  let from = 0
  for (let at = buffer.indexOf(secret); at !== -1; at = buffer.indexOf(secret, from)) {
    pieces.push(buffer.subarray(from, at), Buffer.from(REPLACEMENT))
    from = at + secret.byteLength
  }
  return from === 0 ? bytes : Buffer.concat([...pieces, buffer.subarray(from)])
}

/** How many bytes at the end may be the beginning of the secret. */
function overlap(bytes: Uint8Array, secret: Buffer): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let length = Math.min(secret.byteLength - 1, buffer.byteLength); length > 0; length--) {
    if (buffer.compare(secret, 0, length, buffer.byteLength - length) === 0) return length
  }
  return 0
}
